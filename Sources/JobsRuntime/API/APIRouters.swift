package import Reactor

/// The routes of the API, put together: those of the API's own port, and those of the port that is open to all.
///
/// On the loop only.
package struct APIRouters {
    /// What the routes ask about the host that they are served by, each time anew.
    package struct Host {
        /// Whether requests are still taken.
        package var isServing: () -> Bool = { true }
        /// How the app is reached, where there is one.
        package var connection: () -> AppConnection? = { nil }
        /// Where the API listens.
        package var addresses: () -> [String] = { [] }

        package init() {}
    }

    /// Everything that `APIAccess` lets through.
    package let api: Router
    /// Health, and metadata to read: for whoever asks.
    package let open: Router
    /// What the metadata is kept in, where that is served.
    let metadata: MetadataRoutes?

    /// Builds both.
    package init(app: AppIdentity, jobs: AppJobs, on loop: LoopParts, access: APIAccess, host: Host) {
        api = Self.makeRouter(APIGate(token: access.token, origins: access.allowedOrigins))
        open = Self.makeRouter(APIGate(token: nil, origins: access.allowedOrigins))
        JobRoutes(app: app, jobs: jobs, on: loop).add(to: api, access: access)
        if access.serves(.mainspring) { OwnRoutes(jobs: jobs, on: loop).add(to: api) }
        let health = HealthRoutes(app: app, notReady: { jobs.notReady }, isServing: host.isServing)
        health.add(to: api)
        health.add(to: open)
        ReadinessRoutes(figures: { jobs.figures }, limits: loop.limits, isServing: host.isServing).add(
            to: api)
        guard access.serves(.metadata) else {
            metadata = nil
            return
        }
        // The jobs are kept and fired right here, so it is this host that a client is connected to, while it can keep
        // them.
        let metadata = MetadataRoutes(
            app: app, version: JobsRuntime.version, connection: host.connection,
            schedulerAddresses: { jobs.fault == nil ? host.addresses() : [] })
        metadata.add(to: api)
        // Nobody is asked who he is there, so nobody may change anything.
        metadata.add(to: open, isWritable: false)
        self.metadata = metadata
    }

    private static func makeRouter(_ gate: APIGate) -> Router {
        Router(
            gate: gate.passage,
            fallback: { _, _ in .respond(.error(.unmatchedRoute)) },
            bodyRefusal: { _ in .error(.bodyTooLarge) })
    }
}
