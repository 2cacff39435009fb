public import JobsRuntime
public import Logging
public import Reactor

/// Sends due jobs to an app in its own process, as `POST /job/<name>` to its port (contract, sections 1.4 and
/// 6).
///
/// While nobody listens on the port, or the app's own health check fails, jobs are held and burn no attempt.
public struct AppChannel: Sendable {
    /// The app's port, 1 to 65535.
    public var port: Int
    /// The app's address: an IPv4 or IPv6 literal, or `localhost`.
    public var host = "127.0.0.1"
    /// The app id, which the app is told once.
    public var appID: String
    /// What the app knows its host by, sent with every call as `Dapr-Api-Token`; `nil` sends none.
    ///
    /// A secret: it is written to no log. Visible ASCII only.
    public var token: String?
    /// Triggers that the app gets at a time; `nil` for as many as there may be connections.
    public var maximumConcurrency: Int?
    /// How the app is asked whether it is well; `nil` never asks, and takes an open port for an answer.
    public var health: AppHealthCheck?
    /// Whether the app sees one `GET /dapr/config` when it is discovered, as every app of Dapr's does.
    public var asksForConfiguration = true
    /// The bounds of the connections to the app.
    public var limits = Limits()

    /// A channel to the app on `port`.
    public init(port: Int, appID: String) {
        self.port = port
        self.appID = appID
    }

    /// Connections that are kept for calls that are no triggers: the configuration, and the health check.
    static let otherCalls = 2

    /// Makes the app the receiver of every job of its app id that no other route takes.
    ///
    /// - Throws: `RouteError` when the empty prefix has a handler already, `ReactorError` when the host is no address,
    ///   `AppChannelError` for a setting that cannot be kept, `LifecycleError` when the runtime does not serve the app id.
    public func attach(to runtime: JobsRuntime, logger: Logger) async throws {
        try check()
        let address = try SocketAddress(host: host, port: port)
        let provider = AppProvider(channel: self, address: address, logger: logger)
        try await runtime.route("", to: provider, of: appID)
    }

    private func check() throws(AppChannelError) {
        guard token?.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) ?? true else { throw .token }
        guard appID.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { throw .appID }
        if let maximumConcurrency, maximumConcurrency < 1 { throw .concurrency(maximumConcurrency) }
        guard limits.clientConnections > Self.otherCalls else {
            throw .connections(limits.clientConnections)
        }
        try health?.check()
    }
}

/// Makes the channel's receiver on the loop.
private struct AppProvider: ReceiverProvider {
    let channel: AppChannel
    let address: SocketAddress
    let logger: Logger

    var connection: AppConnection? {
        var connection = AppConnection(port: address.port, protocol: "http", channelAddress: address.host)
        connection.maxConcurrency = channel.maximumConcurrency
        connection.health = channel.health.map {
            AppConnection.Health(
                path: $0.path, interval: $0.interval, timeout: $0.timeout, threshold: $0.threshold)
        }
        return connection
    }

    func makeReceiver(on services: LoopServices) throws -> any TriggerReceiver {
        guard let sockets = services.sockets else {
            throw ReactorError(
                code: .closed, operation: "an app is reached over sockets, which this loop has none of")
        }
        let network = Network(timers: services.executor.timers)
        let dialer = SocketDialer(loop: sockets, network: network)
        return AppReceiver(
            channel: channel, address: address, network: network, dialer: dialer, logger: logger,
            appCalls: services.appCalls)
    }
}
