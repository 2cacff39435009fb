public import JobsRuntime
public import Logging
public import Reactor

/// Sends due jobs to an app in its own process, as `POST /job/<name>` to its port (contract, sections 1.4 and
/// 6).
///
/// While nobody listens on the port, jobs are held and burn no attempt; the port is tried every 100 ms.
public struct AppChannel: Sendable {
    /// The app's port, 1 to 65535.
    public var port: Int
    /// The app's address.
    public var host = "127.0.0.1"
    /// The app id, which the app is told once.
    public var appID: String
    /// What the app knows its host by, sent with every call as `Dapr-Api-Token`; `nil` sends none.
    ///
    /// A secret: it is written to no log. Visible ASCII only.
    public var token: String?
    /// Triggers that the app gets at a time; `nil` for as many as there may be connections.
    public var maximumConcurrency: Int?
    /// The bounds of the connections to the app.
    public var limits = Limits()

    /// A channel to the app on `port`.
    public init(port: Int, appID: String) {
        self.port = port
        self.appID = appID
    }

    /// Makes the app the receiver of every job that no other route takes.
    ///
    /// - Throws: `RouteError` when the empty prefix has a handler already, `ReactorError` when the host is no address,
    ///   `TokenError` when the token has characters that no header field can carry.
    public func attach(to runtime: JobsRuntime, logger: Logger) async throws {
        guard token?.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) ?? true else { throw TokenError() }
        let address = try SocketAddress(host: host, port: port)
        try await runtime.route("", to: AppProvider(channel: self, address: address, logger: logger))
    }
}

/// A token that no header field can carry.
public struct TokenError: Error, Sendable, CustomStringConvertible {
    /// One sentence, without the token.
    public var description: String {
        "the app's token (APP_API_TOKEN) has characters that are not visible ASCII: give another"
    }
}

/// Makes the channel's receiver on the loop.
private struct AppProvider: ReceiverProvider {
    let channel: AppChannel
    let address: SocketAddress
    let logger: Logger

    func makeReceiver(on services: LoopServices) throws -> any TriggerReceiver {
        guard let sockets = services.sockets else {
            throw ReactorError(
                code: .closed, operation: "an app is reached over sockets, which this loop has none of")
        }
        let network = Network(timers: services.executor.timers)
        let dialer = SocketDialer(loop: sockets, network: network)
        let client = HTTPClient(network: network, dialer: dialer, limits: channel.limits)
        return AppReceiver(
            channel: channel, address: address, client: client, timers: network.timers, logger: logger,
            appCalls: services.appCalls)
    }
}
