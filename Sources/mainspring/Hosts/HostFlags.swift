internal import ArgumentParser
internal import Reactor

/// Which host a command asks.
struct HostFlags: ParsableArguments {
    @Option(
        name: [.customLong("http-port"), .customLong("dapr-http-port"), .customShort("H")],
        help: "The port of the host's jobs API. (default: DAPR_HTTP_PORT, else a host that runs here)")
    var httpPort: Int?

    @Option(
        name: [.customLong("app-id")],
        help: "The app, where the hosts that run here serve more than one.")
    var appID: String?

    func validate() throws {
        if let httpPort, !(1...65_535).contains(httpPort) {
            throw ValidationError("--http-port \(httpPort) is no port of a host: use 1 to 65535")
        }
    }

    /// Refuses a host that serves another app than the one that was named: its jobs are not meant.
    private func check(_ host: HostAddress, serves appID: String) async throws {
        let metadata = try await HostClient(host).ask("GET", "/v1.0/metadata")
        let served = JSONFields(metadata, ["id"])?.text("id") ?? ""
        guard served == appID else {
            throw ValidationError(
                "the host at \(host.address) serves the app '\(TerminalText.visible(served))', and not '\(TerminalText.visible(appID))': give --http-port or --app-id, or the two that belong together"
            )
        }
    }

    /// The host: by flag, by environment, or the one that runs here.
    func find() async throws -> HostAddress {
        if let httpPort {
            let host = try HostAddress(port: httpPort, origin: "--http-port")
            if let appID { try await check(host, serves: appID) }
            return host
        }
        // A flag counts more than the environment, which every app of a run has.
        if appID == nil, let text = Environment.value(of: "DAPR_HTTP_PORT") {
            guard let port = Int(text), (1...65_535).contains(port) else {
                throw ValidationError(
                    "DAPR_HTTP_PORT is '\(TerminalText.visible(text))', which is no port: use 1 to 65535")
            }
            return try HostAddress(port: port, origin: "DAPR_HTTP_PORT")
        }
        let running = await RunningHosts.find().flatMap(\.apps).filter { $0.address != nil }
        let fitting = running.filter { appID == nil || $0.id == appID }
        if fitting.count == 1, let address = fitting[0].address {
            return try HostAddress(address, origin: "the host of \(TerminalText.visible(fitting[0].id))")
        }
        let known = running.map { TerminalText.visible($0.id) }.joined(separator: ", ")
        if fitting.isEmpty {
            throw HostFailure(
                running.isEmpty
                    ? "no host runs here: \(HostFailure.howToStart)"
                    : "no host here serves the app '\(TerminalText.visible(appID ?? ""))': there are \(known)"
            )
        }
        throw ValidationError("several apps are served here: name one with --app-id: \(known)")
    }
}

/// Where a host is asked, and who said so.
struct HostAddress: Sendable {
    let address: SocketAddress
    let origin: String

    init(port: Int, origin: String) throws {
        address = try SocketAddress(host: "127.0.0.1", port: port)
        self.origin = origin
    }

    /// Where a host says that it listens.
    init(_ text: String, origin: String) throws {
        let address = try SocketAddress(text)
        // Those that listen everywhere are asked here.
        let isEverywhere = address.host == "0.0.0.0" || address.host == "::"
        self.address = isEverywhere ? try SocketAddress(host: "127.0.0.1", port: address.port) : address
        self.origin = origin
    }

    /// Whether it is a host's administration that is asked.
    var isAdministration: Bool { address.unixPath != nil }

    /// The administration of a host.
    init(socket path: String) {
        address = SocketAddress(unixPath: path)
        origin = "its administration"
    }
}

/// Why a command got no answer, or none that it hoped for.
struct HostFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    static let howToStart =
        "start one with 'mainspring serve', or name its port with --http-port or DAPR_HTTP_PORT"
}
