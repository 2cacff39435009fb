internal import CoreMetrics
internal import Reactor

/// What is only looked at: set when somebody asks, and never on the way of a job.
///
/// On the loop only.
final class HostGauges {
    private struct Route {
        let running: any MeterHandler
        let backlog: any MeterHandler
        let held: any MeterHandler
    }

    private let maker: MetricMaker
    private let sidecarsConnected: any MeterHandler
    private let oldestOverdue: any MeterHandler
    private let retrying: any MeterHandler
    private let unrouted: any MeterHandler
    private let unreadable: any MeterHandler
    private let storeFault: any MeterHandler
    private let unsettled: any MeterHandler
    private let connectionsOpen: any MeterHandler
    private let connectionsAccepted: TurnCounter
    private let connectionsRefused: TurnCounter
    private let connectionsFailed: TurnCounter
    private let malformed: TurnCounter
    private let droppedOutput: TurnCounter
    private let droppedErrors: TurnCounter
    private var routes: [String: Route] = [:]

    init(_ maker: MetricMaker) {
        self.maker = maker
        sidecarsConnected = maker.gauge(MetricCatalogue.sidecarsConnected)
        oldestOverdue = maker.gauge(MetricCatalogue.oldestOverdue)
        retrying = maker.gauge(MetricCatalogue.retrying)
        unrouted = maker.gauge(MetricCatalogue.unrouted)
        unreadable = maker.gauge(MetricCatalogue.unreadable)
        storeFault = maker.gauge(MetricCatalogue.storeFault)
        unsettled = maker.gauge(MetricCatalogue.unsettled)
        connectionsOpen = maker.gauge(MetricCatalogue.connectionsOpen)
        connectionsAccepted = maker.counter(MetricCatalogue.connectionsAccepted)
        connectionsRefused = maker.counter(MetricCatalogue.connectionsRefused)
        connectionsFailed = maker.counter(MetricCatalogue.connectionsFailed)
        malformed = maker.counter(MetricCatalogue.malformed)
        droppedOutput = maker.counter(MetricCatalogue.linesDropped, "stdout")
        droppedErrors = maker.counter(MetricCatalogue.linesDropped, "stderr")
    }

    func set(_ figures: JobFigures) {
        sidecarsConnected.set(Int64(figures.routes.count { $0.isAccepting }))
        oldestOverdue.set(figures.oldestOverdueSeconds)
        retrying.set(Int64(figures.retrying))
        unrouted.set(Int64(figures.unrouted))
        unreadable.set(Int64(figures.unreadable))
        storeFault.set(figures.storeFault == nil ? Int64(0) : 1)
        unsettled.set(Int64(figures.unsettled))
        for figures in figures.routes {
            let route = routes[figures.prefix] ?? make(figures.prefix)
            route.running.set(Int64(figures.running))
            route.backlog.set(Int64(figures.backlog))
            route.held.set(Int64(figures.held))
        }
        droppedOutput.publish(total: UInt64(LineQueue.standardOutput.droppedCount))
        droppedErrors.publish(total: UInt64(LineQueue.standardError.droppedCount))
    }

    func publish(_ server: HTTPServer.Counters) {
        connectionsOpen.set(Int64(server.open))
        connectionsAccepted.publish(total: server.accepted)
        connectionsRefused.publish(total: server.refused)
        connectionsFailed.publish(total: server.failed)
        malformed.publish(total: server.malformed)
    }

    private func make(_ prefix: String) -> Route {
        let route = Route(
            running: maker.gauge(MetricCatalogue.running, prefix),
            backlog: maker.gauge(MetricCatalogue.backlog, prefix),
            held: maker.gauge(MetricCatalogue.held, prefix))
        routes[prefix] = route
        return route
    }
}
