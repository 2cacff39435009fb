internal import CoreMetrics
internal import Reactor

/// What is only looked at of an app's jobs and its API: set when somebody asks, and never on the way of a job.
///
/// On the loop only.
final class AppGauges {
    private struct Route {
        let running: any MeterHandler
        let backlog: any MeterHandler
        let held: any MeterHandler
    }

    private let maker: MetricMaker
    private let appID: String
    private let oldestOverdue: any MeterHandler
    private let retrying: any MeterHandler
    private let unrouted: any MeterHandler
    private let unreadable: any MeterHandler
    private let unsettled: any MeterHandler
    private let connectionsAccepted: TurnCounter
    private let connectionsRefused: TurnCounter
    private let connectionsFailed: TurnCounter
    private let malformed: TurnCounter
    private var routes: [String: Route] = [:]

    init(_ maker: MetricMaker, _ app: AppIdentity) {
        self.maker = maker
        appID = app.appID
        oldestOverdue = maker.gauge(MetricCatalogue.oldestOverdue, appID)
        retrying = maker.gauge(MetricCatalogue.retrying, appID)
        unrouted = maker.gauge(MetricCatalogue.unrouted, appID)
        unreadable = maker.gauge(MetricCatalogue.unreadable, appID)
        unsettled = maker.gauge(MetricCatalogue.unsettled, appID)
        connectionsAccepted = maker.counter(MetricCatalogue.connectionsAccepted)
        connectionsRefused = maker.counter(MetricCatalogue.connectionsRefused)
        connectionsFailed = maker.counter(MetricCatalogue.connectionsFailed)
        malformed = maker.counter(MetricCatalogue.malformed)
    }

    func set(_ figures: JobFigures) {
        oldestOverdue.set(figures.oldestOverdueSeconds)
        retrying.set(Int64(figures.retrying))
        unrouted.set(Int64(figures.unrouted))
        unreadable.set(Int64(figures.unreadable))
        unsettled.set(Int64(figures.unsettled))
        for figures in figures.routes {
            let route = routes[figures.prefix] ?? make(figures.prefix)
            route.running.set(Int64(figures.running))
            route.backlog.set(Int64(figures.backlog))
            route.held.set(Int64(figures.held))
        }
    }

    func publish(_ server: HTTPServer.Counters) {
        connectionsAccepted.publish(total: server.accepted)
        connectionsRefused.publish(total: server.refused)
        connectionsFailed.publish(total: server.failed)
        malformed.publish(total: server.malformed)
    }

    private func make(_ prefix: String) -> Route {
        let route = Route(
            running: maker.gauge(MetricCatalogue.running, appID, prefix),
            backlog: maker.gauge(MetricCatalogue.backlog, appID, prefix),
            held: maker.gauge(MetricCatalogue.held, appID, prefix))
        routes[prefix] = route
        return route
    }
}
