/// What became of one trigger: the closed list of answers that a handler may give.
public enum TriggerOutcome: Sendable, Equatable {
    /// The work is done; the tick is spent.
    case succeeded
    /// The attempt failed; the job's failure policy decides what follows.
    case failed(reason: String)
    /// The tick is given up at once, without further attempts; a recurring job goes on with its next tick.
    case cancelled(reason: String)
    /// Try again after the delay; costs no attempt.
    case snoozed(Duration)
    /// The receiver could not be reached at all; the job is held, and costs no attempt.
    case undeliverable
}
