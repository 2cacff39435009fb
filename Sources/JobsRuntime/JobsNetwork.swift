internal import Logging
internal import Reactor

/// The runtime's face to the network: a server, its router and the routes of the API.
///
/// On the loop only.
final class JobsNetwork {
    private let server: HTTPServer
    private var isServing = true
    /// Where it listens, with the port that the system chose if none was named.
    private(set) var address = ""

    /// Builds the routes; `listen` then opens the door.
    init(app: AppIdentity, jobs: AppJobs, on loop: LoopParts, limits: Limits) {
        let router = Router(
            gate: OriginGuard.refusal,
            fallback: { _, _ in .respond(.error(.unmatchedRoute)) },
            bodyRefusal: { _ in .error(.bodyTooLarge) })
        server = HTTPServer(network: Network(timers: loop.timers), limits: limits, handler: router)
        JobRoutes(app: app, jobs: jobs, on: loop).add(to: router)
        ReadinessRoutes(
            figures: { jobs.figures }, limits: loop.limits, isServing: { [unowned self] in isServing }
        ).add(to: router)
        HealthRoutes(
            app: app, notReady: { jobs.notReady }, isServing: { [unowned self] in isServing }
        ).add(to: router)
        loop.metrics?.requests.watch(patterns: router.patterns)
        server.observe(with: loop.metrics?.requests)
    }

    /// What the server has seen so far.
    var counters: HTTPServer.Counters { server.counters }

    /// Listens on `text`, a host and a port.
    func listen(on text: String, sockets: UVLoop) throws {
        address = try server.listen(on: text, sockets: sockets)
    }

    /// Closes the door; what was asked is still answered.
    ///
    /// `completion` is called when the last connection is gone.
    func stop(completion: @escaping () -> Void) {
        isServing = false
        server.stop(completion: completion)
    }
}

extension HTTPServer {
    /// Listens on `text`, a host and a port; answers with the same and the port that the system chose if none was
    /// named.
    func listen(on text: String, sockets: UVLoop) throws(ListenError) -> String {
        do {
            let wanted = try SocketAddress(text)
            let port = try listen(on: wanted, loop: sockets)
            return try SocketAddress(host: wanted.host, port: port).description
        } catch {
            throw ListenError(address: text, cause: error)
        }
    }
}

/// An address that cannot be listened on.
public struct ListenError: Error, Sendable, CustomStringConvertible {
    /// The address that was asked for.
    public let address: String
    private let code: Cause
    private let reason: String

    private enum Cause: Sendable { case inUse, permission, address, other }

    init(address: String, cause: ReactorError) {
        self.address = address
        reason = cause.description
        code =
            switch cause.code {
            case .addressInUse: .inUse
            case .permissionDenied: .permission
            case .badAddress: .address
            default: .other
            }
    }

    /// One sentence: what is wrong with the address, and how to mend it.
    public var description: String {
        switch code {
        case .inUse:
            "cannot listen on \(address): another process listens there; stop it or choose another port"
        case .permission: "cannot listen on \(address): not permitted for this user; choose a port above 1023"
        case .address:
            "cannot listen on \(address): it is no address of this machine; use HOST:PORT, such as 127.0.0.1:3500"
        case .other: "cannot listen on \(address): \(reason)"
        }
    }
}
