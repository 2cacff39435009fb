internal import Glibc
internal import Logging
internal import Reactor

/// The administration of a host: a Unix socket in its data folder, which its own user alone may reach.
///
/// What is asked for there ends or shows the whole process, so it is on no port of an app's. On the loop only.
final class AdministrationNetwork {
    /// Connections that it keeps open.
    static let maximumConnections = 16

    private let server: HTTPServer
    private let logger: Logger
    private var isServing = false
    /// Who asked for a stop, and is told when it is over.
    private var waiting: [RequestTicket] = []

    /// Says what runs here, as JSON.
    var document: () -> [UInt8] = { [] }
    /// Begins an orderly stop; answers `false` where it is not the host's to begin.
    var beginStop: () -> Bool = { false }

    /// Builds the routes.
    init(on loop: LoopParts, limits: Limits) {
        // Whoever may open the socket may end the process anyhow; web pages cannot, and are turned away all the same.
        let router = Router(
            gate: APIGate(token: nil, origins: []).passage,
            fallback: { _, _ in
                .respond(
                    .text(
                        status: 404, "there are GET /mainspring/v1/host and POST /mainspring/v1/host/stop\n"))
            },
            bodyRefusal: { _ in .text(status: 413, "the body is larger than the limit\n") })
        var limits = limits
        limits.connections = Self.maximumConnections
        server = HTTPServer(network: Network(timers: loop.timers), limits: limits, handler: router)
        logger = loop.logger
        router.add(.get, "/mainspring/v1/host") { [unowned self] _, _, _ in
            .respond(.json(status: 200, document()))
        }
        router.add(.post, "/mainspring/v1/host/stop") { [unowned self] _, _, ticket in
            guard beginStop() else {
                return .respond(
                    .text(
                        status: 409, "the program that this host is part of decides when it stops: ask that\n"
                    ))
            }
            waiting.append(ticket)
            return .later
        }
    }

    /// Opens the socket in a data folder, which is this process's alone: what a crash left there is taken away.
    ///
    /// A host that cannot have one goes on without: `mainspring list` and `stop` do not see it.
    func listen(in folder: String, sockets: UVLoop) {
        let path = AdministrationSocket.path(in: folder)
        do {
            if unsafe unlink(path) != 0, errno != ENOENT {
                throw ReactorError(
                    code: .system, operation: "removing an old socket",
                    reason: unsafe String(cString: strerror(errno)))
            }
            _ = try server.listen(on: SocketAddress(unixPath: path), loop: sockets)
            isServing = true
        } catch {
            logger.warning("this host cannot be administrated: no socket \(path): \(error)")
        }
    }

    /// Tells those who asked for a stop that it is over, and closes the socket; `completion` is called when the last
    /// connection is gone.
    func close(completion: @escaping () -> Void = {}) {
        guard isServing else { return completion() }
        isServing = false
        for ticket in waiting { ticket.respond(with: .noContent) }
        waiting = []
        server.stop(completion: completion)
    }
}
