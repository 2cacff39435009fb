package import CoreMetrics
package import Reactor

/// What the runtime tells of an app's jobs through swift-metrics, so that an embedding host's own backend gets it too.
///
/// # Cost
/// On the way of a job only plain numbers change; what a turn has touched is handed on when the turn ends, and gauges are
/// computed when somebody asks (`refresh`). Where nobody listens (`NOOPMetricsHandler`) there is no such object at all.
///
/// On the loop only.
package final class JobMetrics {
    private let maker: MetricMaker
    private let gauges: AppGauges
    /// Commands of clients, by what became of them.
    package let commands: CommandMetrics
    /// Triggers, by what became of them.
    package let triggers: TriggerMetrics
    /// What the app answered.
    package let appCalls: AppCallMetrics
    /// What the API answered.
    package let requests: RequestMetrics

    /// Metrics of an app on `factory`; `nil` where that keeps nothing.
    package init?(_ factory: any MetricsFactory, of app: AppIdentity) {
        if factory is NOOPMetricsHandler { return nil }
        maker = MetricMaker(factory)
        gauges = AppGauges(maker, app)
        commands = CommandMetrics(maker)
        triggers = TriggerMetrics(maker, app)
        appCalls = AppCallMetrics(maker, app)
        requests = RequestMetrics(maker, app)
    }

    /// Hands on what this turn has touched.
    package func endTurn() { maker.touched.flush() }

    /// Brings up to date what is only looked at.
    package func refresh(_ figures: JobFigures, server: HTTPServer.Counters?) {
        endTurn()
        gauges.set(figures)
        if let server { gauges.publish(server) }
    }

    /// Gives all metrics back to their backend.
    package func close() { maker.destroyAll() }
}

/// What became of the commands of clients.
package struct CommandMetrics {
    package let created: TurnCounter
    package let createdFailed: TurnCounter
    package let deleted: TurnCounter
    /// Deletes by prefix.
    package let bulkDeleted: TurnCounter

    init(_ maker: MetricMaker) {
        created = maker.counter(MetricCatalogue.created, "job")
        createdFailed = maker.counter(MetricCatalogue.createdFailed, "job")
        deleted = maker.counter(MetricCatalogue.deleted, "job")
        bulkDeleted = maker.counter(MetricCatalogue.bulkDeleted)
    }
}
