internal import AppRun
internal import JobsRuntime
internal import Logging
internal import Reactor

/// An app that a run serves and starts: what `serve` would be told of it, and what is started.
struct HostedApp {
    /// What a host for it alone would be told.
    var serve: Serve
    /// The program and its arguments; empty for an app that somebody else starts.
    var command: [String]
    /// Where it runs; an absolute path.
    var folder: String
    /// What its environment has besides the run's own and what it is told of its host.
    var variables: [String: String] = [:]
    /// The port that it is told for gRPC, where nothing answers yet.
    var gRPCPort: Int
    /// Its files; `nil` where it has the run's own terminal.
    var files: AppLogFiles?
    /// Where its lines go; `nil` for the terminal, as they are.
    var lines: AppLog?
    /// Where its host's lines go.
    var hostQueues: [LineQueue] = [.standardError]

    var appID: String { serve.appID }

    /// What the app is started with, where its host listens at these ports.
    func plan(httpPort: Int, metricsPort: Int?) -> AppPlan {
        AppPlan(
            appID: appID, command: command, folder: folder,
            environment: environment(httpPort: httpPort, metricsPort: metricsPort), log: lines)
    }

    /// The run's own environment, what Dapr's command line adds, and the template's variables (contract, section 9.2).
    private func environment(httpPort: Int, metricsPort: Int?) -> [String: String] {
        var environment = Environment.all
        environment["APP_ID"] = appID
        if let port = serve.app.port { environment["APP_PORT"] = "\(port)" }
        environment["APP_CHANNEL_ADDRESS"] = serve.app.address
        environment["APP_PROTOCOL"] = serve.app.appProtocol
        environment["DAPR_HTTP_PORT"] = "\(httpPort)"
        environment["DAPR_GRPC_PORT"] = "\(gRPCPort)"
        if let metricsPort { environment["DAPR_METRICS_PORT"] = "\(metricsPort)" }
        return environment.merging(variables) { $1 }
    }
}
