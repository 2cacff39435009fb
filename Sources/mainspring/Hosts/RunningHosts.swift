internal import Glibc
internal import JobsRuntime
internal import Reactor

/// A host that runs on this machine, by what its administration says.
struct RunningHost: Sendable {
    /// An app that it serves.
    struct App: Sendable {
        let id: String
        /// Where its jobs API listens.
        let address: String?
        let metricsAddress: String?
        /// The app's own port.
        let appPort: String?
        /// What was put into its metadata, by name.
        let extended: JSONFields?

        /// What `mainspring run` has put there.
        func noted(_ name: String) -> String? { extended?.text(name) }
    }

    /// Its administration's socket.
    let socket: String
    let processID: String
    /// When it was started, in RFC 3339.
    let started: String
    let dataDirectory: String
    let apps: [App]
    /// The whole of what it said, as JSON.
    let document: [UInt8]

    /// The run template of its apps, where it has one.
    var template: String? { apps.lazy.compactMap { $0.noted("runTemplatePath") }.first }

    /// Reads what a host said of itself; `nil` for what is no such document.
    init?(_ document: [UInt8], socket: String) {
        let names = ["pid", "started", "dataDirectory", "apps"]
        guard let fields = JSONFields(document, names), let processID = fields.raw("pid") else { return nil }
        self.socket = socket
        self.document = document
        self.processID = processID
        started = fields.text("started") ?? ""
        dataDirectory = fields.text("dataDirectory") ?? ""
        apps = fields.elements("apps").compactMap { bytes in
            let names = ["id", "address", "metricsAddress", "appPort", "extended"]
            guard let app = JSONFields(bytes, names), let id = app.text("id") else { return nil }
            return App(
                id: id, address: app.text("address"), metricsAddress: app.text("metricsAddress"),
                appPort: app.raw("appPort"),
                extended: app.slice("extended").flatMap { JSONFields($0, RunningHosts.notes) })
        }
    }
}

/// Which hosts run on this machine.
///
/// The kernel keeps the list: every host listens on a Unix socket of one name in its data folder (proc(5),
/// `/proc/net/unix`), so nothing is left behind by one that was killed. On Linux alone.
enum RunningHosts {
    /// How long a host may take to say what it is.
    static let patience = Duration.seconds(5)
    /// What `mainspring run` notes in an app's metadata, by the names that Dapr's has.
    static let notes = [
        "appPID", "appCommand", "appLogPath", "cliPID", "daprdLogPath", "runTemplateName", "runTemplatePath",
    ]

    /// All that answer to this user, in the order of their start.
    static func find() async -> [RunningHost] {
        var hosts: [RunningHost] = []
        for socket in sockets() {
            if let host = await ask(socket) { hosts.append(host) }
        }
        return hosts.sorted { ($0.started, $0.processID) < ($1.started, $1.processID) }
    }

    /// The host of a data folder, if one answers there.
    static func find(inFolder folder: String) async -> RunningHost? {
        await ask(AdministrationSocket.path(in: folder))
    }

    /// Another user's host is none of ours, whatever it says of itself; one that has just ended is gone: neither is listed.
    private static func ask(_ socket: String) async -> RunningHost? {
        guard isOurs(socket) else { return nil }
        guard let client = try? HostClient(HostAddress(socket: socket), timeout: patience),
            let document = try? await client.ask("GET", "/mainspring/v1/host")
        else { return nil }
        return RunningHost(document, socket: socket)
    }

    private static func isOurs(_ socket: String) -> Bool {
        var status = stat()
        return unsafe lstat(socket, &status) == 0 && status.st_uid == geteuid()
    }

    /// The sockets of hosts that are listened on, as paths.
    private static func sockets() -> [String] {
        let text = ProcessTable.text(of: "/proc/net/unix") ?? ""
        var paths: [String] = []
        for line in text.split(separator: "\n") {
            // Seven columns, then the path, which may hold blanks.
            let columns = line.split(separator: " ", maxSplits: 7, omittingEmptySubsequences: true)
            guard columns.count == 8, columns[7].hasSuffix("/" + AdministrationSocket.name) else { continue }
            let path = String(columns[7])
            if !paths.contains(path) { paths.append(path) }
        }
        return paths
    }
}
