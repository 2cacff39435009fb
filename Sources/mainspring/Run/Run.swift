internal import AppRun
internal import ArgumentParser
internal import Logging
internal import Reactor

/// `mainspring run`: an app and its host, or all apps of a run template and one host for them.
struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Start an app with its host, or all apps of a file; stop them together.",
        usage: """
            mainspring run [<flags>] [-- <command> ...]
            mainspring run --run-file <file>
            """,
        discussion: """
            mainspring run [flags] -- COMMAND starts one app; it has the terminal, and its end is that of the run. \
            mainspring run -f FILE starts every app of a run template (dapr.yaml), each behind its own prefix; the run \
            ends with Ctrl-C. Ports and the app id are chosen where none are given. Exit status: 0 after Ctrl-C, else 1 \
            when the app or the host failed.
            """)

    @Option(
        name: [.customLong("run-file"), .customShort("f")],
        help: ArgumentHelp(
            "A run template, a folder with a dapr.yaml, or - for standard input.", valueName: "file"))
    var runFile: String?

    @OptionGroup var serve: Serve

    @OptionGroup var dapr: DaprRunFlags

    @Argument(parsing: .postTerminator, help: "The app's program and its arguments, behind --.")
    var command: [String] = []

    func validate() throws {
        guard runFile != "" else {
            throw ValidationError("--run-file is empty: name a file, a folder or -")
        }
    }

    func run() async throws {
        // Before anything starts: no app may take itself for the service.
        let manager = Systemd.take(logger: serve.makeLogger())
        let status = runFile == nil ? try await runOne(manager) : try await runAll(runFile ?? "", manager)
        throw status
    }

    private var console: AppConsole {
        AppConsole(logger: serve.isJSON ? serve.makeLogger(to: [.standardOutput]) : nil)
    }

    // MARK: One app

    private func runOne(_ manager: (any ServiceManager)?) async throws -> ExitCode {
        var serve = serve
        let isNamed = serve.givenAppID != nil
        serve.givenAppID = serve.givenAppID ?? AppName.random()
        serve.api.givenHTTPPort = serve.api.givenHTTPPort ?? 0
        serve.metrics.port = serve.metrics.port ?? 0
        try checkPorts(serve)
        let given = [serve.api.httpPort, serve.app.port ?? 0, serve.metrics.port ?? 0]
        let app = HostedApp(
            serve: serve, command: command, folder: ".",
            gRPCPort: dapr.gRPCPort.flatMap { $0 == 0 ? nil : $0 } ?? RunPorts.free(besides: Set(given)))
        // Nobody finds the jobs of a name that is gone with the run.
        let isKept = isNamed || serve.dataDirectory != nil
        if !isKept {
            console.info(
                "The app id is chosen: jobs are kept in memory, and gone after the run; see --app-id")
        }
        let host = RunHost(
            apps: [app], console: console, dataDirectory: isKept ? try serve.folder : nil,
            logger: serve.makeLogger(), manager: manager)
        return try await host.run()
    }

    private func checkPorts(_ serve: Serve) throws {
        var demands = serve.api.addresses.map {
            RunPorts.Demand(name: "--http-port", host: $0, port: serve.api.httpPort)
        }
        let loopback = "127.0.0.1"
        demands.append(.init(name: "--metrics-port", host: loopback, port: serve.metrics.port ?? 0))
        demands.append(.init(name: "--dapr-grpc-port", host: loopback, port: dapr.gRPCPort ?? 0))
        demands.append(
            .init(name: "--dapr-internal-grpc-port", host: loopback, port: dapr.internalGRPCPort ?? 0))
        if !command.isEmpty {
            demands.append(.init(name: "--app-port", host: serve.app.address, port: serve.app.port ?? 0))
        }
        for demand in demands {
            guard let problem = RunPorts.problem(demand) else { continue }
            console.failure("\(demand.name) \(problem)")
            throw ExitCode.failure
        }
    }

    // MARK: All apps of a template

    private func runAll(_ file: String, _ manager: (any ServiceManager)?) async throws -> ExitCode {
        let console = console
        warnOfFlags(console)
        do {
            let template = try RunTemplate.read(file)
            for warning in template.warnings { console.warning(warning) }
            let ports = Set(template.apps.flatMap { $0.ports.map(\.port) })
            var apps: [HostedApp] = []
            for app in template.apps {
                var hosted = try HostedApp(app, of: template, besides: ports)
                // A template has no key for them, and an API that asks for a token must not lose it on the way.
                hosted.serve.api.tokenFile = serve.api.tokenFile
                hosted.serve.app.tokenFile = serve.app.tokenFile
                apps.append(hosted)
            }
            let folder = try DataDirectory.choose(serve.dataDirectory, templatePath: template.path)
            if let host = await RunningHosts.find(inFolder: folder) {
                console.failure(
                    "\(template.file) runs already, in process \(host.processID): see mainspring stop --run-file"
                )
                return .failure
            }
            // Everything was checked: from here on there is something to see of the run.
            let time = LogTime.text
            for (index, app) in template.apps.enumerated() {
                try apps[index].open(app, at: time, console: console)
            }
            let host = RunHost(
                apps: apps, console: console,
                dataDirectory: folder,
                logger: serve.makeLogger(), manager: manager, template: template)
            return try await host.run()
        } catch let status as ExitCode {
            throw status
        } catch {
            console.failure("\(error)")
            return .failure
        }
    }

    /// A template says it all; what else is given is named and has no effect.
    private func warnOfFlags(_ console: AppConsole) {
        let effective = [
            "-f", "--run-file", "--data-dir", "--log-as-json", "--log-format", "--runtime-path", "--config",
            "--dapr-api-token-file", "--app-api-token-file",
        ]
        let words = CommandLine.arguments.dropFirst(2).prefix { $0 != "--" }
        let ignored = words.map { String($0.prefix { $0 != "=" }) }.filter {
            $0.hasPrefix("-") && $0 != "-" && !effective.contains($0)
        }
        if !ignored.isEmpty {
            console.warning("With --run-file these flags have no effect: \(ignored.joined(separator: ", "))")
        }
        if !command.isEmpty { console.warning("With --run-file the command after -- has no effect") }
    }
}
