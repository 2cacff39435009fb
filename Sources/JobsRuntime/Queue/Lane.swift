internal import Logging
package import Reactor

/// One app's due order: its window on the wheel, and the reads that keep it filled.
///
/// # What is where
/// The store holds every job in due order. `table` names those that are in memory: on the wheel, ready, running, or with
/// a result on the way to the disk. `DueWindow` says up to which key the order is in memory.
///
/// # Reads
/// One read of the due order is under way at most. It sees a snapshot; what is committed meanwhile is kept in `log` and
/// laid on top before the horizon moves. A key whose job is in the table is skipped: the table knows better.
///
/// On the loop only.
package final class Lane: TimerTarget {
    /// What a commit did while a read was under way.
    private enum Change {
        case placed(PendingJob)
        case gone
    }

    /// After how many removed due keys the low-water mark is looked at.
    package static let keysRemovedPerMark = 10_000

    private let keys: LaneKeys
    private let store: JobStore
    private let reader: LaneReader
    private let timers: LoopTimers
    private let limits: JobLimits
    private let logger: Logger
    /// Called with a job that is due; set once by the executor that runs them.
    package var onDue: (PendingJob) -> Void = { _ in }
    /// Called when a read failed: the store is at fault.
    package var onReadFailure: (StoreError) -> Void = { _ in }
    private var table: [[UInt8]: PendingJob] = [:]
    private var window: DueWindow
    private var log: [[UInt8]: Change]?
    /// Counts reads, so that the answer of one that was given up is known.
    private var readNumber = 0
    private var retreatAfterRead: DueKey?
    private var wakeUp: TimerToken?
    private var isPaused = true
    /// For each route the first key of those that it could not take.
    private var passed: [RouteID: DueKey] = [:]
    private var keysRemoved = 0

    package init(keys: LaneKeys, store: JobStore, reader: LaneReader, on loop: LoopParts) {
        self.keys = keys
        self.store = store
        self.reader = reader
        timers = loop.timers
        limits = loop.limits
        logger = loop.logger
        window = DueWindow(limits: limits)
    }

    /// Jobs in memory that have not begun to run, for metrics and tests.
    package var windowCount: Int { window.count }

    // MARK: Commands of clients

    /// Takes a job off the wheel while a delete or an overwrite of it is at the writer, so that it does not fire in
    /// between. Nothing to do for one that runs already, or is not in memory.
    package func suspend(_ name: [UInt8]) -> PendingJob? {
        guard let job = table[name] else { return nil }
        switch job.state {
        case .waiting(let token): timers.remove(.wall, token)
        case .ready: break
        case .suspended, .running, .settling, .gone: return nil
        }
        job.move(to: .suspended)
        return job
    }

    /// Puts a suspended job back, as the command was refused or failed.
    package func resume(_ job: PendingJob?) {
        guard let job, job.state == .suspended, table[job.name] === job else { return }
        arm(job)
    }

    /// A job was written, new or in place of another.
    package func scheduled(_ new: NewJob, spec: SpecRecord) {
        if let old = table[new.name] { forget(old) }
        let progress = ProgressRecord(firstDue: new.due.time)
        place(PendingJob(name: new.name, generation: new.generation, spec: spec, progress: progress, lane: self))
    }

    /// A job was deleted.
    package func deleted(_ name: [UInt8]) {
        if let old = table[name] { forget(old) }
        log?[name] = .gone
    }

    // MARK: What becomes of a due job

    /// The wheel calls it through the job.
    func fellDue(_ job: PendingJob) {
        job.move(to: .ready)
        onDue(job)
    }

    /// A ready job begins to run: it leaves the window and stays in the table.
    package func began(_ job: PendingJob) {
        window.remove(job.byteCount)
        job.move(to: .running)
        if window.isHalfEmpty { readIfDue() }
    }

    /// A due job cannot be dispatched now. It leaves memory, and its key waits in the store until `recall`.
    package func pass(_ job: PendingJob, by route: RouteID) {
        let key = job.dueKey
        passed[route] = passed[route].map { min($0, key) } ?? key
        forget(job)
        if window.isHalfEmpty { readIfDue() }
    }

    /// Has the keys read again that a route passed, as it can take them now.
    package func recall(_ route: RouteID) {
        guard let key = passed.removeValue(forKey: route) else { return }
        if log != nil {
            retreatAfterRead = retreatAfterRead.map { min($0, key) } ?? key
        } else {
            window.retreat(to: key)
            readIfDue()
        }
    }

    /// A job that has run keeps its place in the due order and is tried again at `time`, in memory only.
    package func hold(_ job: PendingJob, until time: WallTime) {
        guard table[job.name] === job else { return job.move(to: .gone) }
        window.add(job.byteCount)
        job.move(to: .waiting(timers.insert(.wall, at: time.deadlineTick, for: job)))
    }

    /// The result of a job's run is on disk, and the job stands elsewhere in the due order.
    package func advanced(_ job: PendingJob, to progress: ProgressRecord) {
        guard table[job.name] === job else { return job.move(to: .gone) }
        table[job.name] = nil
        keysRemoved += 1
        job.take(progress)
        place(job)
    }

    /// A job is finished, or its result came too late to matter.
    package func ended(_ job: PendingJob) {
        job.move(to: .gone)
        keysRemoved += 1
        guard table[job.name] === job else { return }
        table[job.name] = nil
        log?[job.name] = .gone
    }

    // MARK: The window

    /// Puts a job on the wheel if it is due within the window; else the store alone has it.
    private func place(_ job: PendingJob) {
        if log != nil { note(job) }
        let before = window.horizon
        guard window.admits(job.dueKey, now: timers.wallNow) else {
            job.move(to: .gone)
            if window.horizon != before { armWakeUp() }
            return
        }
        table[job.name] = job
        window.add(job.byteCount)
        arm(job)
        if window.isOverfull { shed() }
    }

    private func arm(_ job: PendingJob) {
        job.move(to: .waiting(timers.insert(.wall, at: job.dueKey.time.deadlineTick, for: job)))
    }

    /// Takes a job out of memory, wherever it stands; a run goes on, and its result will find itself outdated.
    private func forget(_ job: PendingJob) {
        if table[job.name] === job { table[job.name] = nil }
        switch job.state {
        case .waiting(let token):
            timers.remove(.wall, token)
            window.remove(job.byteCount)
        case .ready, .suspended: window.remove(job.byteCount)
        case .running, .settling, .gone: return
        }
        job.move(to: .gone)
    }

    /// Drops the last jobs of an overfull window; the horizon goes back to the first one dropped.
    private func shed() {
        var waiting = table.values.filter { if case .waiting = $0.state { true } else { false } }
        let surplus = min(window.surplus, waiting.count)
        guard surplus > 0 else { return }
        waiting.sort { $0.dueKey < $1.dueKey }
        let dropped = waiting.suffix(surplus)
        guard let first = dropped.first else { return }
        window.retreat(to: first.dueKey)
        for job in dropped { forget(job) }
        armWakeUp()
    }

    // MARK: Reads

    /// Begins reading, or goes on after a fault was mended.
    package func resumeReading() {
        isPaused = false
        read()
    }

    /// Starts no further read, as the store is to be closed.
    package func pauseReading() { isPaused = true }

    /// Forgets all that has not begun to run: after a fault the store alone knows what is due.
    package func forgetWindow() {
        for job in Array(table.values) { forget(job) }
        window.advance(to: .lowest)
        passed = [:]
        log = nil
        retreatAfterRead = nil
        readNumber += 1
    }

    package func timerFired(_ token: TimerToken) {
        guard token == wakeUp else { return }
        wakeUp = nil
        readIfDue()
    }

    private func readIfDue() {
        guard let due = window.nextRead, window.isHalfEmpty else { return }
        if due <= timers.wallNow { read() } else { armWakeUp() }
    }

    private func armWakeUp() {
        if let wakeUp { timers.remove(.wall, wakeUp) }
        wakeUp = window.nextRead.map { timers.insert(.wall, at: $0.deadlineTick, for: self) }
    }

    private func read() {
        guard !isPaused, log == nil, let horizon = window.horizon else { return }
        log = [:]
        readNumber += 1
        let range = PageRange(
            from: max(horizon, store.mark ?? .lowest), until: timers.wallNow + .seconds(limits.windowSeconds),
            maximumJobs: limits.refillJobs, maximumBytes: limits.windowBytes / 2)
        let number = readNumber
        reader.readPage(range, keys: keys) { [unowned self] in finishRead($0, number) }
    }

    private func finishRead(_ result: Result<LanePage, StoreError>, _ number: Int) {
        guard number == readNumber else { return }
        let changes = log ?? [:]
        log = nil
        let page: LanePage
        switch result {
        case .failure(let error): return onReadFailure(error)
        case .success(let found): page = found
        }
        guard changes.count < limits.maximumRefillLog else { return read() }
        let horizon = window.horizon
        window.advance(to: page.next)
        if let again = retreatAfterRead {
            retreatAfterRead = nil
            window.retreat(to: again)
        }
        for job in page.jobs where changes[job.key.name] == nil && table[job.key.name] == nil {
            place(
                PendingJob(
                    name: job.key.name, generation: job.generation, spec: job.spec, progress: job.progress,
                    lane: self))
        }
        for case .placed(let job) in changes.values where job.state == .gone && table[job.name] == nil {
            if let horizon, job.dueKey < horizon { continue }
            place(job)
        }
        for (key, error) in page.damaged {
            logger.error("job \(GoQuote.quoted(key.name)) is kept but cannot fire: \(error)")
        }
        for orphan in page.orphans { store.removeOrphan(orphan.key, generation: orphan.generation) }
        raiseMark()
        readIfDue()
        armWakeUp()
    }

    private func note(_ job: PendingJob) {
        log?[job.name] = .placed(job)
    }

    /// Moves the low-water mark to the lowest key that can be alive: in the table, passed, or at the horizon. Walks the
    /// table, so it waits until there are enough deleted keys to be worth it.
    private func raiseMark() {
        guard keysRemoved >= Self.keysRemovedPerMark else { return }
        var lowest = window.horizon
        func consider(_ key: DueKey) { lowest = lowest.map { min($0, key) } ?? key }
        for job in table.values { consider(job.dueKey) }
        for key in passed.values { consider(key) }
        if let retreatAfterRead { consider(retreatAfterRead) }
        guard let lowest else { return }
        keysRemoved = 0
        store.raiseMark(to: lowest)
    }
}
