package import Reactor

/// What follows the outcome of a trigger: the one decision of the pipeline, as a value.
package enum NextStep: Equatable {
    /// The tick is spent, and there is no further one: the job's record goes.
    case finish
    /// The tick is spent; the next one is planned for `planned`.
    case advance(planned: WallTime)
    /// The same tick again at `at`, as attempt number `attempts` + 1.
    case retry(at: WallTime, attempts: UInt32)
    /// The receiver cannot be reached: the job waits for it, and no attempt is counted.
    case hold
}

/// Where a tick stands when its trigger has an outcome.
package struct TickStanding {
    /// When the tick was planned.
    package var planned: WallTime
    /// Attempts so far, this one not counted.
    package var attempts: UInt32
    /// The job's next tick, as its `TickPlan` has it, or `nil` for none.
    package var following: WallTime?

    package init(planned: WallTime, attempts: UInt32, following: WallTime?) {
        self.planned = planned
        self.attempts = attempts
        self.following = following
    }

    /// What follows `outcome` at the instant `now` under `policy`.
    package func step(after outcome: TriggerOutcome, policy: FailurePolicy, now: WallTime) -> NextStep {
        switch outcome {
        case .succeeded, .cancelled: return spend()
        case .snoozed(let delay): return .retry(at: now + max(delay, .zero), attempts: attempts)
        case .undeliverable: return .hold
        case .failed:
            let attempt = attempts.nextAttempt
            guard policy.allowsRetry(after: attempt) else { return spend() }
            guard case .constant(let interval, _) = policy else { return spend() }
            return .retry(at: retryTime(attempt, interval ?? .zero, now: now), attempts: attempt)
        }
    }

    /// When retry number `retry` comes: k intervals after the planned time, and at once where that has passed; but not
    /// at once for ever.
    private func retryTime(_ retry: UInt32, _ interval: Duration, now: WallTime) -> WallTime {
        let time = planned + Self.multiply(interval, by: retry)
        guard time <= now, retry > FailurePolicy.promptRetries else { return time }
        return now + FailurePolicy.pauseOfLateRetries
    }

    /// The product, or the longest duration that an instant can be moved by.
    private static func multiply(_ interval: Duration, by count: UInt32) -> Duration {
        let (seconds, attoseconds) = interval.components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: Int64(count))
        if overflow { return .seconds(Int64.max) }
        return .seconds(product) + Duration(secondsComponent: 0, attosecondsComponent: attoseconds)
            * Int(count)
    }

    private func spend() -> NextStep {
        guard let following else { return .finish }
        return .advance(planned: following)
    }
}

extension UInt32 {
    /// The number of the attempt after so many; an endless policy may get to the last number, and stays there.
    var nextAttempt: UInt32 { self == .max ? self : self + 1 }
}
