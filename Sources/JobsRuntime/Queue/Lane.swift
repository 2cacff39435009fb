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

    private let keys: LaneKeys
    private let store: JobStore
    private let writer: StoreWriter
    private let reader: LaneReader
    private let timers: LoopTimers
    private let limits: JobLimits
    private let logger: Logger
    /// Who runs the jobs, set once before the first of them; the wheel calls it directly.
    package var receiver: (any DueJobReceiver)?
    /// Called when a read failed: the store is at fault.
    package var onReadFailure: (StoreError) -> Void = { _ in }
    private var table = NameTable<PendingJob>()
    private var window: DueWindow
    private var log: NameTable<Change>?
    /// Counts reads, so that the answer of one that was given up is known.
    private var readNumber = 0
    /// The horizon as the read under way found it; it may come back meanwhile.
    private var readFrom: DueKey?
    /// Whether `log` grew past its limit, so that the read under way is of no use.
    private var isLogLost = false
    private var wakeUp: TimerToken?
    private var isPaused = true
    private(set) var passed = PassedByRoute()
    private var keysRemoved = 0

    package init(
        keys: LaneKeys, store: JobStore, writer: StoreWriter, reader: LaneReader, on loop: LoopParts
    ) {
        self.keys = keys
        self.store = store
        self.writer = writer
        self.reader = reader
        timers = loop.timers
        limits = loop.limits
        logger = loop.logger
        window = DueWindow(limits: limits)
    }

    /// Jobs in memory that have not begun to run, for metrics and tests.
    package var windowCount: Int { window.count }

    /// The job of a name, if it is in memory.
    package func known(_ name: [UInt8]) -> PendingJob? { table[name] }

    // MARK: Commands of clients

    /// Takes a job off the wheel while a delete or an overwrite of it is at the writer, so that it does not
    /// fire in between.
    ///
    /// Nothing to do for one that runs already, or is not in memory.
    package func suspend(_ name: [UInt8]) -> PendingJob? {
        guard let job = table[name] else { return nil }
        switch job.state {
        case .waiting(let token): timers.remove(.wall, token)
        case .held(let token): timers.remove(.monotonic, token)
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

    /// A job was written, new or in place of another; a belated one was due before anybody had heard of it.
    package func scheduled(_ new: NewJob, spec: SpecRecord, isBelated: Bool) {
        if let old = table[new.name] {
            // A read may have brought it before the answer to the command came.
            if old.generation >= new.generation { return }
            forget(old)
        }
        let job = PendingJob(
            name: new.name, generation: new.generation, spec: spec,
            progress: ProgressRecord(firstDue: new.due.time), receiver: receiver)
        if isBelated { job.excuse() }
        place(job)
        if window.isHalfEmpty { readIfDue() }
    }

    /// A job was deleted.
    package func deleted(_ name: [UInt8]) {
        keysRemoved += 1
        if let old = table[name] { forget(old) }
        note(name, .gone)
        if window.isHalfEmpty { readIfDue() }
    }

    // MARK: What becomes of a due job

    /// A ready job begins to run: it leaves the window and stays in the table.
    package func began(_ job: PendingJob) {
        window.remove(job.byteCount)
        job.move(to: .running)
        if window.isHalfEmpty { readIfDue() }
    }

    /// A due job cannot be dispatched now.
    ///
    /// It leaves memory, and its key waits in the store until `recall`.
    package func pass(_ job: PendingJob, by route: RouteID) {
        let key = job.dueKey
        passed.pass(key, by: route)
        forget(job)
        if window.isHalfEmpty { readIfDue() }
    }

    /// Has the keys read again that a route passed, as it can take them now.
    package func recall(_ route: RouteID) {
        if let key = passed.recall(route) { lookAgain(from: key) }
    }

    /// How many jobs on the wheel wait for another attempt of their tick; O(n) in the window.
    package var retryingCount: Int {
        table.values.count { job in
            if case .waiting = job.state { job.isRetry } else { false }
        }
    }

    /// Draws the horizon back to a key, and makes room for what is read from there: jobs in memory that are
    /// due later must not keep it waiting until they have fired.
    private func lookAgain(from key: DueKey) {
        window.retreat(to: key)
        passed.lookAgain(from: key)
        if !window.isHalfEmpty, let horizon = window.horizon {
            let surplus = window.surplusOverHalf
            for job in waitingJobs().suffix(surplus) where !(job.dueKey < horizon) { forget(job) }
        }
        readIfDue()
    }

    /// A job that has run keeps its place in the due order and is tried again after a pause, in memory only.
    ///
    /// The pause is no time of day: a step of the wall clock moves it neither way.
    package func hold(_ job: PendingJob, forMilliseconds pause: UInt64) {
        guard table[job.name] === job else { return job.move(to: .gone) }
        window.add(job.byteCount)
        job.excuse()
        let deadline = timers.monotonicNow.advanced(byMilliseconds: pause)
        job.move(to: .held(timers.insert(.monotonic, at: deadline, for: job)))
    }

    /// The result of a job's run is on disk, and the job stands elsewhere in the due order.
    package func advanced(_ job: PendingJob, to progress: ProgressRecord) {
        guard table.remove(job) else { return job.move(to: .gone) }
        keysRemoved += 1
        job.take(progress, now: timers.wallNow)
        place(job)
    }

    /// A job is finished, or its result came too late to matter.
    package func ended(_ job: PendingJob) {
        job.move(to: .gone)
        keysRemoved += 1
        guard table.remove(job) else { return }
        note(job.name, .gone)
    }

    /// The result of a job's run changed nothing.
    ///
    /// The job was replaced or deleted; or, after a fault, the result had
    /// reached the disk before, and the job stands there where `progress` says.
    package func outdated(_ job: PendingJob, _ progress: ProgressRecord?) {
        job.move(to: .gone)
        guard table.remove(job) else { return }
        // A read under way sees the store as it is, and brings the job if it comes by its key.
        log?[job.name] = nil
        if let progress { lookAgain(from: DueKey(time: progress.due, name: job.name)) }
    }

    // MARK: The window

    /// Puts a job on the wheel if it is due within the window; else the store alone has it.
    private func place(_ job: PendingJob) {
        note(job.name, .placed(job))
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

    /// Takes a job out of memory, wherever it stands; a run goes on, and its result will find itself
    /// outdated.
    private func forget(_ job: PendingJob) {
        _ = table.remove(job)
        switch job.state {
        case .waiting(let token):
            timers.remove(.wall, token)
            window.remove(job.byteCount)
        case .held(let token):
            timers.remove(.monotonic, token)
            window.remove(job.byteCount)
        case .ready, .suspended: window.remove(job.byteCount)
        case .running, .settling, .gone: return
        }
        job.move(to: .gone)
    }

    /// Drops the last jobs of an overfull window; the horizon goes back to the first one dropped.
    private func shed() {
        let dropped = waitingJobs().suffix(window.surplus)
        guard let first = dropped.first else { return }
        window.retreat(to: first.dueKey)
        for job in dropped { forget(job) }
        armWakeUp()
    }

    /// The jobs on a wheel, in due order; O(n log n).
    private func waitingJobs() -> [PendingJob] {
        table.values.filter {
            switch $0.state {
            case .waiting, .held: true
            case .ready, .suspended, .running, .settling, .gone: false
            }
        }.sorted { $0.dueKey < $1.dueKey }
    }

    // MARK: Reads

    /// Begins reading, or goes on after a fault was mended.
    package func resumeReading() {
        isPaused = false
        read()
    }

    /// Starts no further read, as the store is to be closed.
    package func pauseReading() { isPaused = true }

    /// Takes everything off the wheel, for good: the loop may outlive the lane.
    package func close() {
        pauseReading()
        receiver = nil
        onReadFailure = { _ in }
        if let wakeUp { timers.remove(.wall, wakeUp) }
        wakeUp = nil
        forgetWindow()
        table = NameTable()
    }

    /// Forgets all that has not begun to run: after a fault the store alone knows what is due.
    ///
    /// What runs, or waits for
    /// its commit, stays known, so that it is not begun a second time.
    package func forgetWindow() {
        for job in table.values.sorted(by: { $0.dueKey < $1.dueKey }) {
            switch job.state {
            case .waiting, .held, .ready, .suspended: forget(job)
            case .running, .settling, .gone: break
            }
        }
        window.advance(to: .lowest)
        passed = PassedByRoute()
        log = nil
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
        log = NameTable()
        isLogLost = false
        readFrom = horizon
        readNumber += 1
        let range = PageRange(
            from: max(horizon, store.mark ?? .lowest), until: timers.wallNow + .seconds(limits.windowSeconds),
            maximumJobs: limits.refillJobs, maximumBytes: limits.windowBytes / 2)
        let number = readNumber
        reader.readPage(range, keys: keys) { [unowned self] in finishRead($0, number) }
    }

    private func finishRead(_ result: Result<LanePage, StoreError>, _ number: Int) {
        guard number == readNumber else { return }
        let changes = log ?? NameTable()
        log = nil
        let page: LanePage
        switch result {
        case .failure(let error): return onReadFailure(error)
        case .success(let found): page = found
        }
        if isLogLost { return read() }
        let horizon = window.horizon
        window.advance(to: page.next)
        if let horizon, horizon != readFrom { window.retreat(to: horizon) }
        for job in page.jobs where changes[job.key.name] == nil { take(job) }
        takeBack(changes)
        for (key, error) in page.damaged {
            logger.error("job \(GoQuote.quoted(key.name)) is kept but cannot fire: \(error)")
            // The mark must not pass it: a version that can read it may come.
            passed.pass(key, by: .unreadable)
        }
        for orphan in page.orphans {
            store.removeOrphan(orphan.key, generation: orphan.generation, in: writer.groupForResult())
        }
        raiseMark()
        readIfDue()
        armWakeUp()
    }

    /// Takes what a read found, unless the table knows the job already.
    ///
    /// It may know an older one of the name, which a
    /// command replaced whose answer is lost or still to come.
    private func take(_ found: FoundJob) {
        if let known = table[found.key.name] {
            guard known.generation < found.generation else { return }
            forget(known)
        }
        place(
            PendingJob(
                name: found.key.name, generation: found.generation, spec: found.spec,
                progress: found.progress, receiver: receiver))
    }

    /// Places what was written during a read and lay beyond the horizon of then.
    private func takeBack(_ changes: NameTable<Change>) {
        var jobs: [PendingJob] = []
        for case .placed(let job) in changes.values where job.state == .gone && table[job.name] == nil {
            jobs.append(job)
        }
        for job in jobs.sorted(by: { $0.dueKey < $1.dueKey }) { place(job) }
    }

    /// Notes what a commit did while a read is under way.
    private func note(_ name: [UInt8], _ change: Change) {
        guard let count = log?.count, !isLogLost else { return }
        if count < limits.maximumRefillLog {
            log?[name] = change
        } else {
            isLogLost = true
            log = NameTable()
        }
    }

    /// Moves the low-water mark to the lowest key that can be alive: in the table, passed, or at the horizon.
    ///
    /// Walks the table, so it waits until there are enough deleted keys to be worth it.
    private func raiseMark() {
        guard keysRemoved >= limits.keysRemovedPerMark else { return }
        var lowest = window.horizon
        func consider(_ key: DueKey) { lowest = lowest.map { min($0, key) } ?? key }
        for job in table.values { consider(job.dueKey) }
        for key in passed.firstKeys { consider(key) }
        if let key = writer.lowestDueUnderWay(of: store) { consider(key) }
        guard let lowest else { return }
        keysRemoved = 0
        store.raiseMark(to: lowest, in: writer.groupForResult())
    }
}
