internal import AppRun
internal import ArgumentParser
internal import JobsRuntime

/// `mainspring stop`: ends a host in order, as Ctrl-C does, and waits until it has ended.
struct Stop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Stop a host of this machine in order, with the apps that it has started.",
        discussion: """
            What was accepted is synced, and runs get their time to end, before this returns: its ports and its data folder \
            are free then.
            """)

    @Option(
        name: [.customLong("run-file"), .customShort("f")],
        help: ArgumentHelp("The run template of the host: the file, or its folder.", valueName: "path"))
    var template: String?

    @Option(
        name: [.customLong("app-id"), .customShort("a")],
        help: ArgumentHelp("An app that the host serves.", valueName: "id"))
    var appID: String?

    @Option(
        name: .customLong("data-dir"),
        help: ArgumentHelp("The data folder of the host.", valueName: "folder"))
    var dataDirectory: String?

    /// How long a host may take to stop: longer than its own limits for runs, for the store and for its apps together.
    static let patience = Duration.seconds(60)

    func validate() throws {
        let given = [template, appID, dataDirectory].compactMap { $0 }
        guard given.count == 1 else {
            throw ValidationError("name the host by one of --run-file, --app-id and --data-dir")
        }
        guard given != [""] else { throw ValidationError("--run-file, --app-id or --data-dir is empty") }
    }

    func run() async throws {
        let host = try await find()
        let client = try HostClient(HostAddress(socket: host.socket), timeout: Self.patience)
        try await client.ask("POST", "/mainspring/v1/host/stop")
        OutputLines.write("✅  \(sentence(of: host))")
    }

    /// Dapr's words for a template (contract, section 9.3), and for apps.
    private func sentence(of host: RunningHost) -> String {
        if template != nil { return "Dapr and app processes stopped successfully" }
        let apps = host.apps.map { TerminalText.visible($0.id) }.joined(separator: ", ")
        return "app stopped successfully: \(apps)"
    }

    private func find() async throws -> RunningHost {
        if let dataDirectory {
            if let host = await RunningHosts.find(inFolder: dataDirectory) { return host }
            throw HostFailure("no host runs in \(TerminalText.visible(dataDirectory)): see mainspring list")
        }
        let hosts = await RunningHosts.find()
        if let template {
            let paths = try TemplatePath.candidates(template)
            let fitting = hosts.filter { $0.template.map(paths.contains) == true }
            if !fitting.isEmpty { return try only(of: fitting, "run with that template") }
            // The kernel's list has no path of more than 107 bytes; the run's own folder is known.
            for path in paths {
                guard let folder = try? DataDirectory.choose(nil, templatePath: path) else { continue }
                if let host = await RunningHosts.find(inFolder: folder) { return host }
            }
            throw HostFailure(
                "no host runs with the template \(TerminalText.visible(template)): see mainspring list")
        }
        let fitting = hosts.filter { $0.apps.contains { $0.id == appID } }
        let name = TerminalText.visible(appID ?? "")
        if fitting.isEmpty { throw HostFailure("no host here serves the app '\(name)': see mainspring list") }
        return try only(of: fitting, "serve the app '\(name)'")
    }

    /// The one host there is; several are told by their folders.
    private func only(of hosts: [RunningHost], _ what: String) throws -> RunningHost {
        if hosts.count == 1 { return hosts[0] }
        let folders = hosts.map { TerminalText.visible($0.dataDirectory) }.joined(separator: ", ")
        throw HostFailure("several hosts \(what): name one with --data-dir: \(folders)")
    }
}

/// The paths by which `run -f` may have noted the template that a person names.
enum TemplatePath {
    /// The file itself, or the templates of a folder; from the root, without links.
    static func candidates(_ given: String) throws -> [String] {
        let names = [given, "\(given)/dapr.yaml", "\(given)/dapr.yml"]
        let paths = names.compactMap { FilePath.real($0) }
        if paths.isEmpty {
            throw HostFailure(
                "there is no file or folder \(TerminalText.visible(given)): name the run template")
        }
        return paths
    }
}
