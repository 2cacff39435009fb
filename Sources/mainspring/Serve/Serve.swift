internal import AppChannel
internal import ArgumentParser
internal import JobsRuntime
internal import Logging
internal import Reactor

/// `mainspring serve`: the host beside an app, or alone with its handlers.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Keep jobs on disk, and run them in this process or in the app beside it.",
        discussion: """
            Due jobs go to the handler of the longest --route prefix that fits their name, and all others to the app \
            on --app-port. Ctrl-C and SIGTERM stop in order; a second one at once.
            """)

    @OptionGroup var settings: SettingsFlag

    @Option(
        name: [.customLong("app-id"), .customShort("a")],
        help: ArgumentHelp(
            "Whose jobs these are. (default: mainspring; of run a name that is chosen)", valueName: "app-id"))
    var givenAppID: String?

    @OptionGroup var app: AppOptions

    @OptionGroup var api: APIFlags

    @Option(
        name: .customLong("data-dir"),
        help:
            "Where jobs are kept. (default: a folder for the app id in the state directory; of run without --app-id none, and jobs are kept in memory)"
    )
    var dataDirectory: String?

    @Option(name: .customLong("log-level"), help: "debug, info, warn, error or fatal.")
    var logLevel = LogLevel.info

    @Option(name: .customLong("log-format"), help: "text or json.")
    var logFormat = LogFormat.text

    @Option(
        name: .customLong("log-as-json"), defaultAsFlag: "true", help: "The same as --log-format json.")
    var logAsJSON: String?

    @OptionGroup var metrics: MetricsFlags

    @Option(
        name: .customLong("route"),
        help: "Send jobs whose name begins with PREFIX to a bundled handler: PREFIX=HANDLER. Repeatable.")
    var routes: [RouteFlag] = []

    /// Whose jobs these are.
    var appID: String { givenAppID ?? "mainspring" }

    func validate() throws {
        try TruthFlag.check(logAsJSON, of: "--log-as-json")
        guard (1...255).contains(appID.utf8.count) else {
            throw ValidationError("--app-id must have 1 to 255 bytes: give the app another name")
        }
        guard appID.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            throw ValidationError("--app-id has control characters: give the app another name")
        }
        guard dataDirectory != "" else { throw ValidationError("--data-dir is empty: name a folder") }
        var prefixes: Set<String> = []
        for route in routes where !prefixes.insert(route.prefix).inserted {
            throw ValidationError("--route gives the prefix \"\(route.prefix)\" twice: name it once")
        }
        if app.port != nil, prefixes.contains("") {
            throw ValidationError(
                "--route with an empty prefix and --app-port both claim every job: drop one")
        }
    }

    func run() async throws {
        let logger = makeLogger()
        let manager = Systemd.take(logger: logger)
        do {
            try await serve(logger, manager)
        } catch {
            manager?.tell(.failed("\(error)"))
            guard isJSON else { throw error }
            // Whoever reads lines of JSON reads this one too.
            logger.critical("\(error)")
            throw ExitCode.failure
        }
    }

    private func serve(_ logger: Logger, _ manager: (any ServiceManager)?) async throws {
        var options = JobsRuntime.Options(dataDirectory: try folder, appID: appID)
        try api.apply(to: &options)
        metrics.apply(to: &options)
        let files = FileLimit.raise()
        options.network = options.network.fitting(files: files)
        let runtime = try JobsRuntime(options, logger: logger)
        try await attach(to: runtime, files: files, logger: logger)
        manager?.tell(.starting("opening the store in \(options.dataDirectory ?? "")"))
        try await runtime.run {
            guard let manager else { return }
            Watchdog.start(for: manager, on: runtime.loop.executor)
            manager.tell(.ready("the jobs API listens on http://\(await runtime.address ?? "")"))
        } stopping: {
            manager?.tell(.stopping)
        }
    }

    /// Gives the app's jobs their handlers, and the app the rest; it may have so many files open.
    func attach(to runtime: JobsRuntime, files: Int, logger: Logger) async throws {
        for route in routes { try await route.register(with: runtime) }
        guard var channel = try app.makeChannel(appID: appID) else { return }
        channel.limits = channel.limits.fitting(files: files)
        try await channel.attach(to: runtime, logger: logger)
    }

    /// Where jobs are kept.
    var folder: String {
        get throws {
            try DataDirectory.choose(dataDirectory, namespace: try api.namespace, appID: appID)
        }
    }

    var isJSON: Bool { TruthFlag.isOn(logAsJSON) || logFormat == .json }

    /// A log for what concerns the app, to each of these.
    func makeLogger(to queues: [LineQueue] = [.standardError]) -> Logger {
        let format: QueueLogHandler.Format = isJSON ? .json : .text
        var logger = Logger(label: "mainspring") { label in
            MultiplexLogHandler(
                queues.map { QueueLogHandler(label: label, level: logLevel.level, format: format, queue: $0) }
            )
        }
        logger[metadataKey: "app_id"] = .string(appID)
        logger[metadataKey: "ver"] = .string(Mainspring.version)
        return logger
    }
}

/// The shapes of a log line.
enum LogFormat: String, CaseIterable, ExpressibleByArgument {
    case text, json
}

/// The log levels by Dapr's names.
enum LogLevel: String, CaseIterable, ExpressibleByArgument {
    case debug, info, warn, warning, error, fatal

    var level: Logger.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .warn, .warning: .warning
        case .error: .error
        case .fatal: .critical
        }
    }
}
