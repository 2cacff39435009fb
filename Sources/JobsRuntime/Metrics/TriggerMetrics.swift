internal import Reactor

/// What became of triggers, and how late they were.
///
/// On the loop only.
package final class TriggerMetrics {
    private let maker: MetricMaker
    private let appID: String
    private let triggered: TurnCounter
    private let failed: TurnCounter
    private let undelivered: TurnCounter
    private let givenUp: TurnCounter
    private let latency: TurnHistogram
    private let succeededOutcome: TurnCounter
    private let failedOutcome: TurnCounter
    private let cancelledOutcome: TurnCounter
    private let snoozedOutcome: TurnCounter
    private let undeliverableOutcome: TurnCounter

    init(_ maker: MetricMaker, _ app: AppIdentity) {
        self.maker = maker
        appID = app.appID
        triggered = maker.counter(MetricCatalogue.triggered, "job")
        failed = maker.counter(MetricCatalogue.failed, "job")
        undelivered = maker.counter(MetricCatalogue.undelivered, "job")
        givenUp = maker.counter(MetricCatalogue.givenUp)
        latency = maker.histogram(MetricCatalogue.triggerLatency, "job")
        succeededOutcome = maker.counter(MetricCatalogue.triggers, "succeeded")
        failedOutcome = maker.counter(MetricCatalogue.triggers, "failed")
        cancelledOutcome = maker.counter(MetricCatalogue.triggers, "cancelled")
        snoozedOutcome = maker.counter(MetricCatalogue.triggers, "snoozed")
        undeliverableOutcome = maker.counter(MetricCatalogue.triggers, "undeliverable")
    }

    /// The lateness of a route's ticks.
    package func lateness(ofRoute prefix: String) -> TurnHistogram {
        maker.histogram(MetricCatalogue.lateness, appID, prefix)
    }

    /// A run has its outcome, so long after it began.
    package func ended(_ outcome: TriggerOutcome, afterMilliseconds milliseconds: Double) {
        latency.record(milliseconds)
        switch outcome {
        case .succeeded:
            triggered.add()
            succeededOutcome.add()
        case .failed:
            failed.add()
            failedOutcome.add()
        case .cancelled: cancelledOutcome.add()
        case .snoozed: snoozedOutcome.add()
        case .undeliverable:
            undelivered.add()
            undeliverableOutcome.add()
        }
    }

    /// A tick has failed at its last attempt.
    func gaveUp() { givenUp.add() }
}

extension WallTime {
    /// Seconds since `start`; 0 where the clock was set back meanwhile.
    func seconds(since start: WallTime) -> Double {
        let whole = Double(seconds) - Double(start.seconds)
        return max(0, whole + (Double(nanoseconds) - Double(start.nanoseconds)) / 1_000_000_000)
    }
}
