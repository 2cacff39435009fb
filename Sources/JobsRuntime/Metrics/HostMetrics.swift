package import CoreMetrics
package import Reactor

/// What the process tells of itself, whatever apps it serves: its loop, its store, its sockets and its log.
///
/// On the loop only. See `JobMetrics` for what it costs.
package final class HostMetrics {
    private let maker: MetricMaker
    /// What each commit took, in seconds.
    package let commitSeconds: TurnHistogram
    private let loopLag: TurnHistogram
    private let sidecarsConnected: any MeterHandler
    private let storeFault: any MeterHandler
    private let connectionsOpen: any MeterHandler
    private let droppedOutput: TurnCounter
    private let droppedErrors: TurnCounter

    /// Metrics of a process on `factory`; `nil` where that keeps nothing.
    package init?(_ factory: any MetricsFactory) {
        if factory is NOOPMetricsHandler { return nil }
        maker = MetricMaker(factory)
        commitSeconds = maker.histogram(MetricCatalogue.commitTime)
        loopLag = maker.histogram(MetricCatalogue.loopLag)
        sidecarsConnected = maker.gauge(MetricCatalogue.sidecarsConnected)
        storeFault = maker.gauge(MetricCatalogue.storeFault)
        connectionsOpen = maker.gauge(MetricCatalogue.connectionsOpen)
        droppedOutput = maker.counter(MetricCatalogue.linesDropped, "stdout")
        droppedErrors = maker.counter(MetricCatalogue.linesDropped, "stderr")
    }

    /// Watches the loop: hands on what a turn has touched, and notes how late timers are called.
    package func watch(_ executor: LoopExecutor) {
        executor.atTurnEnd { [weak self] in self?.maker.touched.flush() }
        executor.timers.watchLag { [weak self] in self?.loopLag.record(Double($0) / 1000) }
    }

    /// Brings up to date what is only looked at, from the figures of all apps.
    package func refresh(_ figures: [JobFigures], servers: [HTTPServer.Counters]) {
        maker.touched.flush()
        sidecarsConnected.set(Int64(figures.reduce(0) { $0 + $1.routes.count { $0.isAccepting } }))
        storeFault.set(figures.contains { $0.storeFault != nil } ? Int64(1) : 0)
        connectionsOpen.set(Int64(servers.reduce(0) { $0 + $1.open }))
        droppedOutput.publish(total: UInt64(LineQueue.standardOutput.droppedCount))
        droppedErrors.publish(total: UInt64(LineQueue.standardError.droppedCount))
    }

    /// Gives all metrics back to their backend.
    package func close() { maker.destroyAll() }
}
