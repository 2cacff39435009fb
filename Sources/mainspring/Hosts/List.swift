internal import ArgumentParser
internal import JobsRuntime
internal import Reactor

/// `mainspring list`: what runs on this machine.
struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the hosts that run on this machine, and the apps that they serve.",
        discussion: """
            Hosts of other users are not shown. One whose folder has a path of more than \
            \(107 - 1 - AdministrationSocket.name.utf8.count) bytes runs, and is not shown.
            """)

    @Flag(name: .customLong("json"), help: "Print one JSON array, with a host on each line.")
    var isJSON = false

    private static let headings = [
        "APP ID", "HTTP PORT", "APP PORT", "PID", "APP PID", "AGE", "COMMAND", "DATA FOLDER",
    ]

    func run() async throws {
        let hosts = await RunningHosts.find()
        if isJSON { return show(json: hosts) }
        guard !hosts.isEmpty else { return OutputLines.write("No host runs here.") }
        var table = TextTable(Self.headings)
        let rows = hosts.flatMap { host in host.apps.map { Self.row($0, of: host) } }
        for row in rows { table.fit(row) }
        OutputLines.write(table.line(Self.headings))
        for row in rows { OutputLines.write(table.line(row)) }
    }

    private func show(json hosts: [RunningHost]) {
        OutputLines.write("[")
        for (index, host) in hosts.enumerated() {
            let isLast = index == hosts.count - 1
            OutputLines.write(TerminalText.visible(json: host.document) + (isLast ? "" : ","))
        }
        OutputLines.write("]")
    }

    private static func row(_ app: RunningHost.App, of host: RunningHost) -> [String] {
        let port = app.address.flatMap { try? SocketAddress($0) }.map { "\($0.port)" } ?? ""
        return [
            app.id, port, app.appPort ?? "", host.processID, app.noted("appPID") ?? "",
            LocalTime.age(since: host.started), app.noted("appCommand") ?? "", host.dataDirectory,
        ].map { TerminalText.visible($0) }
    }
}
