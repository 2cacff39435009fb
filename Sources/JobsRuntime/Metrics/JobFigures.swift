internal import Reactor

/// How an app's jobs stand at one moment: what gauges show and readiness is judged by.
package struct JobFigures: Sendable {
    /// What is wrong with the store, while something is.
    package var storeFault: StoreError?
    /// For how long the oldest commit is under way, in seconds; 0 where there is none.
    package var oldestCommitSeconds: Double = 0
    /// For how long reads wait without one of them being answered, in seconds; 0 where none waits.
    package var oldestReadSeconds: Double = 0
    /// How late the loop came to its timers of late, at worst, in seconds.
    package var loopLagSeconds: Double = 0
    /// One for each route, in the order in which they were added.
    package var routes: [RouteFigures] = []
    /// Jobs in memory whose next attempt is not their tick's first.
    package var retrying = 0
    /// Due jobs that no route fits.
    package var unrouted = 0
    /// Due jobs whose record cannot be read.
    package var unreadable = 0
    /// Results that are not committed yet.
    package var unsettled = 0

    /// The figures of a host that does nothing, and that well.
    package init() {}

    /// How long the oldest tick is overdue that waits for a free slot or could have been sent; 0 where there is none.
    package var oldestOverdueSeconds: Double { routes.map(\.oldestOverdueSeconds).max() ?? 0 }
    /// The same for ticks that could have been sent: a slot is free, and the host has not used it.
    package var oldestUnsentSeconds: Double {
        routes.filter(\.hasFreeSlot).map(\.oldestOverdueSeconds).max() ?? 0
    }
    /// Due jobs that wait for a free slot.
    package var waiting: Int { routes.reduce(0) { $0 + ($1.hasFreeSlot ? 0 : $1.backlog) } }
    /// Due jobs that wait for a receiver that cannot be reached.
    package var held: Int { routes.reduce(0) { $0 + $1.held } }
    /// Due jobs that wait for a free slot, and were due before they could have been sent.
    package var catchingUp: Int { routes.reduce(0) { $0 + $1.catchingUp } }
}

/// How one route stands.
package struct RouteFigures: Sendable {
    /// Its prefix.
    package let prefix: String
    /// Whether its receiver can be reached.
    package let isAccepting: Bool
    /// Triggers that are out.
    package var running = 0
    /// Whether the receiver would take one more.
    package var hasFreeSlot = true
    /// Due jobs that wait for a free slot, in memory or passed over for want of room.
    package var backlog = 0
    /// Due jobs that wait for the receiver.
    package var held = 0
    /// Those of the backlog whose tick has had an attempt already, or was put off by its handler.
    package var retrying = 0
    /// Those of the backlog that were due before they could have been sent: after a start, a fault, a dead app, or
    /// because the tick before them took too long.
    package var catchingUp = 0
    /// How long the first of the others is overdue, in seconds.
    package var oldestOverdueSeconds: Double = 0

    /// Counts what waits in a route's ready queue at `now`; the route can be reached since `ableSince`.
    ///
    /// O(n) in the queue, which is bounded by half the window: 16,384 jobs in about 0.1 ms.
    mutating func count(_ ready: ReadyQueue, ableSince: WallTime, now: WallTime) {
        ready.forEach { job in
            backlog += 1
            if job.isRetry {
                retrying += 1
            } else if job.isExcused || job.progress.due <= ableSince {
                catchingUp += 1
            } else {
                oldestOverdueSeconds = max(oldestOverdueSeconds, now.seconds(since: job.progress.due))
            }
        }
    }
}
