package import Reactor

/// Where a job is that is due soon.
///
/// Jobs that are due later are in the store alone.
///
/// ```
///             the wheel turns        a slot is free          an outcome          its commit
///   waiting ─────────────────▶ ready ──────────────▶ running ─────────▶ settling ──────────▶ waiting
///      │ ▲                       │ │                    │                  │                  or gone
///      │ │ refused, or failed    │ │ no slot, no route  │ undeliverable:   │ the commit fails: again,
///      ▼ │                       │ ▼                    ▼ held             ▼ after the reopen
///   suspended ◀──────────────────┘ passed: left to the store until the receiver accepts
///      │  a delete or an overwrite is at the writer
///      ▼ applied
///     gone
/// ```
package enum JobState: Equatable {
    /// On the wheel of the wall clock until its next attempt.
    case waiting(TimerToken)
    /// As waiting, after an outcome of undeliverable, but on the monotonic wheel: it is a pause, and no time of day.
    case held(TimerToken)
    /// Off the wheel, as a delete or an overwrite of it is at the writer.
    case suspended
    /// Due, in the queue of its route.
    case ready
    /// With the handler.
    case running
    /// Its result is on its way to the disk.
    case settling
    /// Left this process's memory: finished, replaced, or passed and left to the store.
    case gone
}
