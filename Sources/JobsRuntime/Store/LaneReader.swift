package import Reactor

/// A job as a read of the due order found it.
package struct FoundJob: Sendable {
    package let key: DueKey
    package let generation: UInt64
    package let spec: SpecRecord
    package let progress: ProgressRecord
}

/// What one read of a lane's due order brought.
package struct LanePage: Sendable {
    /// Jobs whose record agrees with their due key, in due order.
    package var jobs: [FoundJob] = []
    /// Due keys that no record names any more.
    package var orphans: [(key: DueKey, generation: UInt64)] = []
    /// Keys whose record cannot be read: named, kept, and in nobody's way.
    package var damaged: [(key: DueKey, error: StoreError)] = []
    /// The first key that was not read; `nil` at the end of the order.
    package var next: DueKey?
}

/// Reads for the loop what may touch the disk, on a thread of its own.
///
/// Requests are bounded by who asks: a lane has one read of its due order under way, and `hasRoom` bounds the others.
package final class LaneReader: @unchecked Sendable {
    // SAFETY: `waiting` and `done` are touched with the lock held, `answers` and `onIdle` on the loop only.
    /// What to read.
    private enum Request: Sendable {
        case page(PageRange, LaneKeys)
        case value([UInt8])
        case list(JobRange, LaneKeys)
    }

    /// What was read.
    private enum Answer: Sendable {
        case page(LanePage)
        case value([UInt8]?)
        case list(JobListPage)
        case failure(StoreError)
    }

    private let store: any OrderedStore
    private let executor: LoopExecutor
    private let limit: Int
    private let lock = Lock()
    private var waiting: [(number: Int, request: Request)] = []
    private var done: [(number: Int, answer: Answer)] = []
    private var answers: [Int: (Answer) -> Void] = [:]
    private var lastNumber = 0
    /// Since when reads wait and none was answered.
    private var waitingSince: Tick?
    private var worker: (any LoopWorker)?

    package init(store: any OrderedStore, executor: LoopExecutor, limit: Int) {
        self.store = store
        self.executor = executor
        self.limit = limit
        worker = executor.driver.makeWorker(named: "store-reader") { [unowned self] in step() }
    }

    /// Called on the loop when the last read has been answered.
    package var onIdle: () -> Void = {}

    /// Whether another read may be asked for.
    ///
    /// On the loop.
    package var hasRoom: Bool { answers.count < limit }

    /// Whether nothing is being read; only then may the store be closed.
    ///
    /// On the loop.
    package var isIdle: Bool { answers.isEmpty }

    /// For how many seconds reads wait without one of them being answered; 0 where none waits.
    package var oldestReadSeconds: Double {
        guard let waitingSince else { return 0 }
        let now = executor.timers.monotonicNow.milliseconds
        return Double(now - min(now, waitingSince.milliseconds)) / 1000
    }

    /// Reads a part of a due order, records included.
    ///
    /// On the loop, where `answer` is called as well.
    package func readPage(
        _ range: PageRange, keys: LaneKeys, _ answer: @escaping (Result<LanePage, StoreError>) -> Void
    ) {
        submit(.page(range, keys)) { read in
            switch read {
            case .page(let page): answer(.success(page))
            case .failure(let error): answer(.failure(error))
            case .value, .list: preconditionFailure("a page was asked for")
            }
        }
    }

    /// Reads one value, `nil` where there is none.
    ///
    /// On the loop, where `answer` is called as well.
    package func readValue(_ key: [UInt8], _ answer: @escaping (Result<[UInt8]?, StoreError>) -> Void) {
        submit(.value(key)) { read in
            switch read {
            case .value(let value): answer(.success(value))
            case .failure(let error): answer(.failure(error))
            case .page, .list: preconditionFailure("a value was asked for")
            }
        }
    }

    /// Reads jobs in the order of their names.
    ///
    /// On the loop, where `answer` is called as well.
    package func readJobs(
        _ range: JobRange, keys: LaneKeys, _ answer: @escaping (Result<JobListPage, StoreError>) -> Void
    ) {
        submit(.list(range, keys)) { read in
            switch read {
            case .list(let page): answer(.success(page))
            case .failure(let error): answer(.failure(error))
            case .page, .value: preconditionFailure("jobs were asked for")
            }
        }
    }

    /// Ends the thread once what was asked for has been read.
    package func stop() {
        worker?.stop()
        worker = nil
        answers = [:]
        onIdle = {}
    }

    private func submit(_ request: Request, _ answer: @escaping (Answer) -> Void) {
        lastNumber += 1
        answers[lastNumber] = answer
        if waitingSince == nil { waitingSince = executor.timers.monotonicNow }
        let number = lastNumber
        lock.withLock { waiting.append((number, request)) }
        worker?.signal()
    }

    private func deliver() {
        let finished = lock.withLock {
            defer { done = [] }
            return done
        }
        // What is asked for meanwhile waits from now on, as what has not been answered does.
        waitingSince = answers.count > finished.count ? executor.timers.monotonicNow : nil
        for (number, answer) in finished { answers.removeValue(forKey: number)?(answer) }
        if answers.isEmpty { onIdle() }
    }

    // MARK: On the worker

    private func step() {
        let requests = lock.withLock {
            defer { waiting = [] }
            return waiting
        }
        for (number, request) in requests {
            let answer = read(request)
            let isFirst = lock.withLock {
                done.append((number, answer))
                return done.count == 1
            }
            if isFirst { executor.post { [self] in deliver() } }
        }
    }

    private func read(_ request: Request) -> Answer {
        do throws(StoreError) {
            switch request {
            case .page(let range, let keys):
                return .page(try PageRead(range: range, keys: keys).run(over: store))
            case .value(let key):
                var value: [UInt8] = []
                return .value(try store.get(key, into: &value) == nil ? nil : value)
            case .list(let range, let keys):
                return .list(try JobListRead(range: range, keys: keys).run(over: store))
            }
        } catch {
            return .failure(error)
        }
    }
}

/// Which part of a due order to read.
package struct PageRange: Sendable {
    package var from: DueKey
    package var until: WallTime
    package var maximumJobs: Int
    package var maximumBytes: Int
}

/// One read of a due order from one snapshot, records included.
private struct PageRead {
    let range: PageRange
    let keys: LaneKeys

    func run(over store: any OrderedStore) throws(StoreError) -> LanePage {
        let snapshot = try store.snapshot()
        defer { snapshot.close() }
        let (due, next) = try scan(snapshot)
        var page = LanePage()
        page.next = next
        var bytes = 0
        for (index, entry) in due.enumerated() {
            do throws(StoreError) {
                if let job = try find(entry, in: snapshot) {
                    page.jobs.append(job)
                    bytes += 160 + entry.key.name.count + (job.spec.data?.count ?? 0)
                } else {
                    page.orphans.append(entry)
                }
            } catch  where error.isOfOneRecord {
                page.damaged.append((entry.key, error))
            }
            if bytes > range.maximumBytes, index + 1 < due.count {
                page.next = due[index + 1].key
                break
            }
        }
        return page
    }

    /// The due keys of the range, and the first one after it.
    private func scan(
        _ snapshot: any StoreSnapshot
    ) throws(StoreError) -> ([(key: DueKey, generation: UInt64)], DueKey?) {
        var first: [UInt8] = []
        var end: [UInt8] = []
        keys.due(range.from, into: &first)
        keys.dueEnd(into: &end)
        var due: [(key: DueKey, generation: UInt64)] = []
        var next: DueKey?
        var damage: StoreError?
        try unsafe snapshot.scan(from: first.span, to: end.span, limit: range.maximumJobs + 1) {
            key, version, _ in
            guard let found = unsafe keys.decodeDue(key) else {
                damage = StoreError(corruption: "a due key of \(key.count) bytes cannot be read")
                return false
            }
            if due.count == range.maximumJobs || found.time > range.until {
                next = found
                return false
            }
            due.append((found, version))
            return true
        }
        if let damage { throw damage }
        return (due, next)
    }

    /// The record that a due key stands for, or `nil` for a key that was left behind.
    private func find(
        _ entry: (key: DueKey, generation: UInt64), in snapshot: any StoreSnapshot
    ) throws(StoreError) -> FoundJob? {
        var key: [UInt8] = []
        var value: [UInt8] = []
        keys.spec(entry.key.name, into: &key)
        guard try snapshot.get(key, into: &value) == entry.generation else { return nil }
        let spec = try SpecRecord(decoding: value)
        keys.progress(entry.key.name, into: &key)
        let progress: ProgressRecord
        if try snapshot.get(key, into: &value) != nil {
            progress = try ProgressRecord(decoding: value)
        } else {
            progress = ProgressRecord(firstDue: spec.firstDue)
        }
        guard progress.due == entry.key.time else { return nil }
        return FoundJob(key: entry.key, generation: entry.generation, spec: spec, progress: progress)
    }
}
