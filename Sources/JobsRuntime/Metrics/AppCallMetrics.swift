package import Reactor

/// What an app across HTTP answered to its triggers, as Dapr's sidecar counts it.
///
/// On the loop only. Statuses are the app's to choose; those past `maximumStatuses` share one series.
package final class AppCallMetrics {
    /// Statuses that get series of their own.
    package static let maximumStatuses = 32
    /// The path of every trigger, as a pattern: names are without number.
    private static let path = "/job/{name}"

    private struct Series {
        let completed: TurnCounter
        let roundtrip: TurnHistogram
    }

    private let maker: MetricMaker
    private let appID: String
    private let success: TurnCounter
    private let failure: TurnCounter
    private let successLatency: TurnHistogram
    private let failureLatency: TurnHistogram
    private var statuses: [(status: Int, series: Series)] = []
    private var others: Series?

    init(_ maker: MetricMaker, _ app: AppIdentity) {
        self.maker = maker
        appID = app.appID
        let operation = "job_trigger_op"
        success = maker.counter(MetricCatalogue.jobSuccess, app.appID, app.namespace, operation)
        failure = maker.counter(MetricCatalogue.jobFailure, app.appID, app.namespace, operation)
        successLatency = maker.histogram(
            MetricCatalogue.jobLatencies, app.appID, app.namespace, operation, "true")
        failureLatency = maker.histogram(
            MetricCatalogue.jobLatencies, app.appID, app.namespace, operation, "false")
    }

    /// The app answered a trigger with a status.
    ///
    /// Triggers without an answer are not counted here (contract, section 8.2).
    package func answered(_ trigger: JobTrigger, status: Int, now: WallTime) {
        let milliseconds = now.seconds(since: trigger.plannedTime + trigger.lateness) * 1000
        if (200..<300).contains(status) {
            success.add()
            successLatency.record(milliseconds)
        } else {
            failure.add()
            failureLatency.record(milliseconds)
        }
        let series = series(of: status)
        series.completed.add()
        series.roundtrip.record(milliseconds)
    }

    private func series(of status: Int) -> Series {
        if let known = statuses.first(where: { $0.status == status }) { return known.series }
        if statuses.count < Self.maximumStatuses {
            let series = makeSeries("\(status)")
            statuses.append((status, series))
            return series
        }
        if let others { return others }
        let series = makeSeries("other")
        others = series
        return series
    }

    private func makeSeries(_ status: String) -> Series {
        Series(
            completed: maker.counter(MetricCatalogue.clientRequests, appID, "POST", Self.path, status),
            roundtrip: maker.histogram(MetricCatalogue.clientLatency, appID, "POST", Self.path, status))
    }
}
