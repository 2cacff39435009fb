package import Reactor

/// One trigger that has its outcome, as whoever watches is told of it.
package struct FiredTick {
    package let name: [UInt8]
    package let runID: RunID
    /// When the tick was planned.
    package let planned: WallTime
    /// When it was given to its handler.
    package let fired: WallTime
    /// Which attempt of the tick it was, from 1.
    package let attempt: UInt32
    package let outcome: TriggerOutcome
    /// When the next attempt or tick is; `nil` where there is none, or nobody can say as the job is held.
    package let next: WallTime?

    init(_ job: PendingJob, began: WallTime, _ outcome: TriggerOutcome, _ step: NextStep) {
        name = job.name
        runID = RunID(store: job.spec.storeID, generation: job.generation, tick: job.progress.count + 1)
        planned = job.progress.planned
        fired = began
        attempt = job.progress.attempts.nextAttempt
        self.outcome = outcome
        next =
            switch step {
            case .advance(let planned): planned
            case .retry(let time, _): time
            case .finish, .hold: nil
            }
    }
}
