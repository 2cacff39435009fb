internal import Logging
internal import Reactor

/// The runtime's face to the network: its servers, their routers and the routes of the API.
///
/// On the loop only.
final class JobsNetwork {
    /// What the routes ask about.
    private final class State {
        var isServing = true
        var addresses: [String] = []
    }

    private let network: Network
    private let server: HTTPServer
    /// Serves health and metadata to whoever asks, where that is wanted.
    private var publicServer: HTTPServer?
    private let publicRouter: Router
    /// What clients may add to the app's metadata, where that is served.
    let metadata: MetadataRoutes?
    private let limits: Limits
    private let logger: Logger
    private let state: State
    private(set) var publicAddress: String?

    /// Where it listens first, with the port that the system chose if none was named.
    var address: String { state.addresses.first ?? "" }

    /// Builds the routes; `listen` then opens the door.
    init(
        app: AppIdentity, jobs: AppJobs, on loop: LoopParts, limits: Limits, access: APIAccess,
        connection: @escaping () -> AppConnection?
    ) {
        network = Network(timers: loop.timers)
        self.limits = limits
        logger = loop.logger
        let state = State()
        self.state = state
        var host = APIRouters.Host()
        host.isServing = { state.isServing }
        host.addresses = { state.addresses }
        host.connection = connection
        let routers = APIRouters(app: app, jobs: jobs, on: loop, access: access, host: host)
        server = HTTPServer(network: network, limits: limits, handler: routers.api)
        loop.metrics?.requests.watch(patterns: routers.api.patterns)
        server.observe(with: loop.metrics?.requests)
        publicRouter = routers.open
        metadata = routers.metadata
    }

    /// What the API's server has seen so far.
    var counters: HTTPServer.Counters { server.counters }

    /// Listens on `text`: one host and port, or several with commas between them.
    ///
    /// Where a port is left to the system, the addresses after the first get the port of the first.
    func listen(on text: String, sockets: UVLoop) throws {
        logRefusals(of: server, limit: limits.connections)
        var chosen: Int?
        for part in text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            let bound = try server.listen(on: String(Substring(part)), port: chosen, sockets: sockets)
            chosen = chosen ?? bound.port
            state.addresses.append(bound.description)
        }
    }

    /// Serves health and metadata on a port of their own, which asks for no token.
    func listenPublicly(on text: String, sockets: UVLoop) throws {
        var own = limits
        own.connections = min(limits.connections, limits.publicConnections)
        let server = HTTPServer(network: network, limits: own, handler: publicRouter)
        publicServer = server
        logRefusals(of: server, limit: own.connections)
        publicAddress = try server.listen(on: text, sockets: sockets).description
    }

    /// Says in the log where it listens.
    func announce() {
        for address in state.addresses { logger.notice("the jobs API listens on http://\(address)") }
        if let publicAddress {
            logger.notice("health and metadata are open to all on http://\(publicAddress)")
        }
    }

    private func logRefusals(of server: HTTPServer, limit: Int) {
        let log = RefusalLog(limit: limit, logger: logger)
        server.onRefusal = { [timers = network.timers] in log.refused(at: timers.monotonicNow) }
    }

    /// Closes the doors; what was asked is still answered.
    ///
    /// `completion` is called when the last connection is gone. Once; after that it does nothing, and calls nobody.
    func stop(completion: @escaping () -> Void = {}) {
        guard state.isServing else { return }
        state.isServing = false
        var open = publicServer == nil ? 1 : 2
        let closed = {
            open -= 1
            if open == 0 { completion() }
        }
        server.stop(completion: closed)
        publicServer?.stop(completion: closed)
    }
}
