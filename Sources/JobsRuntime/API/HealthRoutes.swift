package import Reactor

/// The two health routes of the contract's section 8.1.
package struct HealthRoutes {
    private let app: AppIdentity
    private let notReady: () -> [String]
    private let isServing: () -> Bool

    /// Routes that ask at each request: `notReady` names what the runtime still waits for.
    package init(app: AppIdentity, notReady: @escaping () -> [String], isServing: @escaping () -> Bool) {
        self.app = app
        self.notReady = notReady
        self.isServing = isServing
    }

    /// Adds the routes to a router.
    package func add(to router: Router) {
        router.add(.get, "/v1.0/healthz", isOpen: true) { request, _, _ in health(request) }
        router.add(.get, "/v1.0/healthz/outbound", isOpen: true) { _, _, _ in
            .respond(isServing() ? .noContent : .error(.outboundNotReady))
        }
    }

    private func health(_ request: HTTPRequest) -> Handling {
        let targets = notReady()
        guard targets.isEmpty else { return .respond(.error(.notReady(targets))) }
        if let query = unsafe request.query, let asked = unsafe QueryString.value(of: "appid", in: query),
            asked != Array(app.appID.utf8)
        {
            return .respond(.error(.healthAppIDMismatch))
        }
        return .respond(.noContent)
    }
}
