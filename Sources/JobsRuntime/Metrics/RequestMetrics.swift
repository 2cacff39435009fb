package import Reactor

/// What the API answered, as Dapr's sidecar counts it: by method, pattern of the path and status, and by error code.
///
/// On the loop only. A series is made when it is first needed, and there are no more of them than routes, verbs and
/// statuses: a job's name is in none.
package final class RequestMetrics: RequestObserver {
    /// Error codes that get series of their own; all there are, and room for more.
    private static let maximumErrorCodes = 64

    private struct Series {
        let requests: TurnCounter
        let latency: TurnHistogram
    }

    private let maker: MetricMaker
    private let appID: String
    private var patterns: [String] = []
    /// For each route and verb the statuses that there were.
    private var series: [[(status: Int, series: Series)]] = []
    private var errors: [String: TurnCounter] = [:]

    init(_ maker: MetricMaker, _ app: AppIdentity) {
        self.maker = maker
        appID = app.appID
        watch(patterns: [])
    }

    /// Names the routes, by whose numbers requests are told apart; before the first of them.
    package func watch(patterns: [StaticString]) {
        // What no route took comes last.
        self.patterns = patterns.map(\.description) + [""]
        series = Array(repeating: [], count: self.patterns.count * HTTPMethod.allCases.count)
    }

    package func answered(_ request: AnsweredRequest, with response: HTTPResponse) {
        let route = request.route ?? patterns.count - 1
        let place = route * HTTPMethod.allCases.count + Int(request.method.rawValue)
        let series = series(at: place, route, request.method, response.status)
        series.requests.add()
        series.latency.record(Double(request.milliseconds))
        if let code = response.errorCode { count(code) }
    }

    private func series(at place: Int, _ route: Int, _ method: HTTPMethod, _ status: Int) -> Series {
        for entry in series[place] where entry.status == status { return entry.series }
        let (name, text) = (method.name, "\(status)")
        let made = Series(
            requests: maker.counter(MetricCatalogue.serverRequests, appID, name, patterns[route], text),
            latency: maker.histogram(MetricCatalogue.serverLatency, appID, name, patterns[route], text))
        series[place].append((status, made))
        return made
    }

    private func count(_ code: String) {
        if let counter = errors[code] { return counter.add() }
        guard errors.count < Self.maximumErrorCodes else { return }
        let counter = maker.counter(MetricCatalogue.errorCode, appID, code, Self.category(of: code))
        errors[code] = counter
        counter.add()
    }

    /// Dapr's category of an error code.
    private static func category(of code: String) -> String {
        if code.hasPrefix("DAPR_SCHEDULER_") { return "job" }
        return switch code {
        case "ERR_HEALTH_NOT_READY", "ERR_HEALTH_APPID_NOT_MATCH", "ERR_OUTBOUND_HEALTH_NOT_READY": "health"
        case "ERR_DIRECT_INVOKE": "service-invocation"
        default: "common"
        }
    }
}

extension HTTPMethod {
    /// The verb as it is written on the wire; `OTHER` for those that no route has.
    fileprivate var name: String {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .delete: "DELETE"
        case .patch: "PATCH"
        case .options: "OPTIONS"
        case .trace: "TRACE"
        case .other: "OTHER"
        }
    }
}
