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
    /// Ticks of the job that are spent, this one not counted.
    package var spentTicks: UInt64
    /// Ticks in all, or `nil` for no limit.
    package var repeats: UInt32?
    /// The job's next match after `planned`, or `nil` for none.
    package var following: WallTime?

    /// What follows `outcome` at the instant `now` under `policy`.
    package func step(after outcome: TriggerOutcome, policy: FailurePolicy, now: WallTime) -> NextStep {
        switch outcome {
        case .succeeded, .cancelled: return spend()
        case .snoozed(let delay): return .retry(at: now + max(delay, .zero), attempts: attempts)
        case .undeliverable: return .hold
        case .failed:
            let attempt = attempts + 1
            guard policy.allowsRetry(after: attempt) else { return spend() }
            guard case .constant(let interval, _) = policy else { return spend() }
            return .retry(at: planned + interval * Int(attempt), attempts: attempt)
        }
    }

    private func spend() -> NextStep {
        if let repeats, spentTicks + 1 >= UInt64(repeats) { return .finish }
        guard let following else { return .finish }
        return .advance(planned: following)
    }
}
