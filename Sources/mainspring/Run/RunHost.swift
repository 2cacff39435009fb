internal import AppRun
internal import ArgumentParser
internal import Glibc
internal import JobsRuntime
internal import Logging
internal import Reactor

/// A run: one host for all its apps, and the apps beside it (contract, sections 9.3 and 9.4).
struct RunHost {
    let apps: [HostedApp]
    let console: AppConsole
    /// Where jobs are kept; `nil` for in memory.
    let dataDirectory: String?
    /// Where what concerns no single app is logged.
    let logger: Logger
    /// Who is to hear how the run goes.
    let manager: (any ServiceManager)?
    /// The template that the apps stand in; `nil` for a single one.
    var template: RunTemplate?

    /// Starts everything, waits for the end of the run, stops everything, and answers the exit status.
    func run() async throws -> ExitCode {
        let files = FileLimit.raise()
        // A run that keeps its jobs in memory is listed and stopped as any other.
        let place = dataDirectory == nil ? AdministrationPlace() : nil
        let runtime = try JobsRuntime(options(files: files, administration: place?.path), logger: logger)
        let group = AppGroup(on: runtime.loop, console: console, endsWithApp: template == nil)
        let status = await serve(runtime, group, files: files)
        await runtime.stop {
            await group.stop()
            await group.close()
        }
        for app in apps { app.files?.flush() }
        place?.remove()
        return status
    }

    private func serve(_ runtime: JobsRuntime, _ group: AppGroup, files: Int) async -> ExitCode {
        do {
            try await group.watchSignals()
            for app in apps {
                try await app.serve.attach(
                    to: runtime, files: files / apps.count, logger: app.serve.makeLogger(to: app.hostQueues))
            }
            try await runtime.onStopRequest { group.assumeIsolated { $0.askStop() } }
            try await runtime.start()
            for app in apps where await !group.isOver { try await start(app, runtime, group) }
            if let manager, await !group.isOver {
                Watchdog.start(for: manager, on: runtime.loop.executor)
                manager.tell(.ready("runs \(apps.map(\.appID).joined(separator: ", "))"))
            }
            if template == nil, await !group.isOver {
                console.success("You're up and running! Both Dapr and your app logs will appear here.\n")
            }
        } catch {
            manager?.tell(.failed("\(error)"))
            console.failure("\(error)")
            return .failure
        }
        let cause = await group.untilOver()
        manager?.tell(.stopping)
        switch cause {
        case .asked: return .success
        case .ended(let ending): return ending.isSuccess ? .success : .failure
        }
    }

    // MARK: The host

    private func options(files: Int, administration: String?) throws -> JobsRuntime.Options {
        let registry = apps.contains { $0.serve.metrics.isOn } ? MetricsFlags.bootstrap() : nil
        let served = apps.map { app in
            var served = JobsRuntime.App(id: app.appID)
            app.serve.api.apply(to: &served)
            served.network = served.network.fitting(files: files / apps.count)
            served.logger = app.serve.makeLogger(to: app.hostQueues)
            if let registry, app.serve.metrics.isOn {
                served.monitor = app.serve.metrics.monitor(of: registry)
            }
            return served
        }
        var options = JobsRuntime.Options(dataDirectory: dataDirectory, app: served[0])
        try apps[0].serve.api.apply(to: &options)
        options.app = served[0]
        options.administrationDirectory = administration
        options.furtherApps = Array(served.dropFirst())
        return options
    }

    // MARK: An app

    private func start(_ app: HostedApp, _ runtime: JobsRuntime, _ group: AppGroup) async throws {
        let httpPort = RunPorts.port(of: await runtime.address(of: app.appID)) ?? 0
        let metricsPort = RunPorts.port(of: await runtime.monitorAddress(of: app.appID))
        if template != nil { console.info("Validating config and starting app \"\(app.appID)\"") }
        console.info(
            "Started Dapr with app id \"\(app.appID)\". HTTP Port: \(httpPort). gRPC Port: \(app.gRPCPort)")
        if let folder = app.files?.folder { console.info("Writing log files to directory : \(folder)") }
        try await tell(app, runtime)
        if app.command.isEmpty {
            if let template {
                console.warning(
                    "No application command found for app \"\(app.appID)\" present in \(template.file)")
            }
            return
        }
        let plan = app.plan(httpPort: httpPort, metricsPort: metricsPort)
        guard let id = try await group.start(plan) else { return }
        try await runtime.setMetadata("\(id)", for: "appPID", of: app.appID)
        try await runtime.setMetadata(plan.commandLine, for: "appCommand", of: app.appID)
    }

    /// What Dapr's command line puts into a sidecar's metadata.
    private func tell(_ app: HostedApp, _ runtime: JobsRuntime) async throws {
        let values = [
            ("cliPID", "\(getpid())"), ("runTemplatePath", template?.path),
            ("runTemplateName", template?.name),
            ("appLogPath", app.files?.app?.path), ("daprdLogPath", app.files?.host?.path),
        ]
        for case (let key, let value?) in values {
            try await runtime.setMetadata(value, for: key, of: app.appID)
        }
    }
}
