package import Reactor

/// Who runs jobs that fall due, on the loop.
package protocol DueJobReceiver: AnyObject {
    /// A job's time has come; it is off the wheel.
    func fellDue(_ job: PendingJob)
}

/// A job that is due soon, with its record read: what the wheel holds, the ready queue orders and a handler runs.
///
/// On the loop only. A lane's table names at most one for each job name.
package final class PendingJob: TimerTarget {
    package let name: [UInt8]
    package let generation: UInt64
    package let spec: SpecRecord
    /// Where the job stands: spent ticks, the tick under way, attempts, and when the next attempt is due.
    package private(set) var progress: ProgressRecord
    package private(set) var state = JobState.gone
    /// Whether its lateness has a cause of its own: its tick before this one took too long, its receiver held it, or
    /// it was scheduled too late.
    package private(set) var isExcused = false
    private let receiver: (any DueJobReceiver)?

    init(
        name: [UInt8], generation: UInt64, spec: SpecRecord, progress: ProgressRecord,
        receiver: (any DueJobReceiver)?
    ) {
        self.name = name
        self.generation = generation
        self.spec = spec
        self.progress = progress
        self.receiver = receiver
    }

    /// The key under which the job stands in its lane's due order.
    package var dueKey: DueKey { DueKey(time: progress.due, name: name) }

    /// The name as a log shows it, with what is no text made visible.
    package var nameForLog: String { GoQuote.quoted(name) }

    /// Roughly what the job costs in memory, in bytes.
    package var byteCount: Int { 160 + name.count + (spec.data?.count ?? 0) + spec.textByteCount }

    package func timerFired(_ token: TimerToken) {
        guard state == .waiting(token) || state == .held(token) else { return }
        state = .ready
        receiver?.fellDue(self)
    }

    /// Moves the job along the chart; `Lane` and `JobExecutor` call it.
    package func move(to state: JobState) { self.state = state }

    /// Takes over what the commit of a result made of the job.
    package func take(_ progress: ProgressRecord, now: WallTime) {
        self.progress = progress
        isExcused = progress.due <= now
    }

    /// From now on it is late for a reason.
    package func excuse() { isExcused = true }

    /// Whether the next attempt is not the tick's first: one has failed, or was put off by its handler.
    package var isRetry: Bool { progress.isRetry }
}
