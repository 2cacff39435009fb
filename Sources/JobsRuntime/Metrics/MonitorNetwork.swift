internal import Reactor

/// A port beside the API's for whoever watches the host: metrics and health, and nothing of the jobs' own.
package struct MonitorPort: Sendable {
    /// Where it listens, such as `127.0.0.1:9090`; port 0 takes a free one.
    package var listen: String
    /// Whether a host that cannot listen there does not start at all.
    package var isRequired: Bool
    /// Writes the page that `GET /metrics` answers with, in Prometheus's text format 0.0.4.
    package var page: @Sendable () -> [UInt8]

    package init(listen: String, isRequired: Bool, page: @escaping @Sendable () -> [UInt8]) {
        self.listen = listen
        self.isRequired = isRequired
        self.page = page
    }
}

/// The server of a `MonitorPort`.
///
/// On the same loop as all else: that it answers says that the loop turns. On the loop only.
final class MonitorNetwork {
    /// Connections of watchers that it keeps open.
    static let maximumConnections = 64

    private let server: HTTPServer
    private let listen: String
    private var isServing = true
    /// Where it listens, with the port that the system chose if none was named.
    private(set) var address = ""

    /// Builds the routes; `refresh` brings up to date what the page shows.
    init(
        _ port: MonitorPort, jobs: AppJobs, on loop: LoopParts, limits: Limits, refresh: @escaping () -> Void
    ) {
        // Nobody is asked who he is here, but web pages have no business with a machine's own port.
        let router = Router(
            gate: APIGate(token: nil, origins: []).passage,
            fallback: { _, _ in .respond(.text(status: 404, "there are /metrics, /readyz and /livez\n")) },
            bodyRefusal: { _ in .text(status: 413, "the body is larger than the limit\n") })
        var limits = limits
        limits.connections = Self.maximumConnections
        server = HTTPServer(network: Network(timers: loop.timers), limits: limits, handler: router)
        listen = port.listen
        router.add(.get, "/metrics") { _, _, _ in
            refresh()
            return .respond(
                HTTPResponse(
                    status: 200, contentType: "text/plain; version=0.0.4; charset=utf-8",
                    body: .bytes(port.page())))
        }
        ReadinessRoutes(
            figures: { jobs.figures }, limits: loop.limits, isServing: { [unowned self] in isServing }
        ).add(to: router)
    }

    /// Opens the door.
    func listen(on sockets: UVLoop) throws(ListenError) {
        address = try server.listen(on: listen, sockets: sockets).description
    }

    /// Closes the door; `completion` is called when the last connection is gone.
    ///
    /// Once; after that it does nothing, and calls nobody.
    func stop(completion: @escaping () -> Void = {}) {
        guard isServing else { return }
        isServing = false
        server.stop(completion: completion)
    }
}
