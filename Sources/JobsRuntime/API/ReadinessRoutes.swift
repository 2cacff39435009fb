package import Reactor

/// Two routes of our own for whoever decides about restarts and traffic: `/livez` and `/readyz`.
///
/// `/livez` says that the loop turns, by answering. `/readyz` is 200 or 503, with each check by its name in the body. The
/// health routes of the contract stay as it has them (`HealthRoutes`).
package struct ReadinessRoutes {
    private let figures: () -> JobFigures
    private let limits: JobLimits
    private let isServing: () -> Bool

    /// Routes that ask for the figures at each request.
    package init(figures: @escaping () -> JobFigures, limits: JobLimits, isServing: @escaping () -> Bool) {
        self.figures = figures
        self.limits = limits
        self.isServing = isServing
    }

    /// Adds the routes to a router.
    ///
    /// Open as `healthz` is: what probes a host has no token.
    package func add(to router: Router) {
        router.add(.get, "/livez", isOpen: true) { _, _, _ in
            .respond(.json(status: 200, Array(#"{"live":true}"#.utf8)))
        }
        router.add(.get, "/readyz", isOpen: true) { _, _, _ in
            let report = ReadinessReport(figures(), limits, isServing: isServing())
            return .respond(.json(status: report.isReady ? 200 : 503, report.document))
        }
    }
}
