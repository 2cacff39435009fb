package import Reactor

/// The one writer: collects commands on the loop, judges them in order of arrival on its thread, and commits all that
/// wait as one synced batch.
///
/// # When a group goes
/// Answers to clients wait for a sync, so a group that has one goes at the end of the turn. Results of runs need none of
/// their own: losing one only repeats a trigger. They ride with the next client's command, or go after
/// `resultDelayMilliseconds` at the latest.
///
/// # Hand-over
/// What arrived while the last commit was at the disk is the next commit: one atomic batch, one sync, one wake-up of the
/// loop for all its answers.
///
/// # Faults
/// A commit that throws leaves its commands *not known* and every later one *not stored*, until `reopen` has succeeded.
/// The writer never reopens by itself: the loop must first have drained the readers.
package final class StoreWriter: TimerTarget, @unchecked Sendable {
    // SAFETY: unchecked because the object stands on two threads, each with a part of its own, which no actor can say:
    // `waiting`, `done` and `isReopenAsked` cross over and are touched with the lock held; `broken` on the worker only; all
    // else on the loop only.
    /// How long a result may wait for company, in milliseconds.
    package static let resultDelayMilliseconds: UInt64 = 10
    /// From how many commands on a group of results goes without waiting.
    package static let fullGroup = 512
    /// Groups that are kept for use again.
    private static let spareGroups = 8

    private let store: any OrderedStore
    private let executor: LoopExecutor
    private let limits: JobLimits
    private let commitSeconds: TurnHistogram?
    private var worker: (any LoopWorker)?

    private var open = CommitGroup()
    private var spare: [CommitGroup] = []
    private var away: [CommitGroup] = []
    private var isUrgent = false
    private var delay: TimerToken?
    private var commandsWaiting = 0
    private var bytesAway = 0
    private var onEmpty: (() -> Void)?
    /// Whether nobody waits for answers any more.
    private var isStopped = false

    private let lock = Lock()
    private var waiting: [CommitGroup] = []
    private var done: [CommitGroup] = []
    private var isReopenAsked = false
    private var broken: StoreError?

    /// Called on the loop with the error of a group that failed, before its commands are answered.
    package var onFailure: (StoreError) -> Void = { _ in }
    /// Called on the loop for groups that were committed.
    package var onSuccess: () -> Void = {}
    /// Called on the loop after each attempt to reopen the store, with what went wrong.
    package var onReopened: (StoreError?) -> Void = { _ in }

    package init(store: any OrderedStore, on loop: LoopParts) {
        self.store = store
        executor = loop.executor
        limits = loop.limits
        commitSeconds = loop.hostMetrics?.commitSeconds
        worker = executor.driver.makeWorker(named: "store-writer") { [unowned self] in step() }
    }

    // MARK: Commands, on the loop

    /// Whether there is room for a client's command; past it the client is told to come back.
    package var hasRoom: Bool {
        commandsWaiting < limits.maximumQueuedCommands
            && bytesAway + open.weight < limits.maximumQueuedBytes
    }

    /// The lowest due key of a lane that is written but not yet committed.
    package func lowestDueUnderWay(of lane: JobStore) -> DueKey? {
        away.reduce(open.lowestDue(of: lane)) { lowest, group in
            guard let key = group.lowestDue(of: lane) else { return lowest }
            return lowest.map { min($0, key) } ?? key
        }
    }

    /// For how many seconds the oldest commit is under way; 0 where there is none.
    package var oldestCommitSeconds: Double {
        guard let oldest = away.first else { return 0 }
        let now = executor.timers.monotonicNow.milliseconds
        return Double(now - min(now, oldest.handedOverAt.milliseconds)) / 1000
    }

    /// The open group for a client's command, which goes at the end of this turn.
    package func groupForClient() -> CommitGroup {
        isUrgent = true
        commandsWaiting += 1
        open.clientCommands += 1
        return open
    }

    /// The open group for a run's result or for upkeep.
    ///
    /// An urgent one, whose job is already due again, waits for nothing.
    package func groupForResult(isUrgent: Bool = false) -> CommitGroup {
        if isUrgent { self.isUrgent = true }
        return open
    }

    /// Hands the open group over when it is time.
    ///
    /// At the end of each turn.
    package func endTurn() {
        guard open.count > 0 else { return }
        if isUrgent || open.count >= Self.fullGroup { return handOver() }
        if delay == nil {
            let timers = executor.timers
            let deadline = timers.monotonicNow.advanced(byMilliseconds: Self.resultDelayMilliseconds)
            delay = timers.insert(.monotonic, at: deadline, for: self)
        }
    }

    package func timerFired(_ token: TimerToken) {
        guard token == delay else { return }
        delay = nil
        if open.count > 0 { handOver() }
    }

    private func handOver() {
        if let delay { executor.timers.remove(.monotonic, delay) }
        delay = nil
        isUrgent = false
        open.byteCount = open.weight
        open.handedOverAt = executor.timers.monotonicNow
        bytesAway += open.byteCount
        away.append(open)
        let group = open
        lock.withLock { waiting.append(group) }
        worker?.signal()
        open = spare.popLast() ?? CommitGroup()
    }

    /// Answers the commands of committed groups, in order.
    private func deliver() {
        let groups = lock.withLock {
            defer { done = [] }
            return done
        }
        if isStopped { return }
        away.removeFirst(groups.count)
        for group in groups {
            bytesAway -= group.byteCount
            commandsWaiting -= group.clientCommands
            if let seconds = group.commitSeconds.take() { commitSeconds?.record(seconds) }
            switch group.results.first {
            case .notKnown(let error): onFailure(error)
            case .applied, .refused: onSuccess()
            case .notStored, nil: break
            }
            group.answer()
            if spare.count < Self.spareGroups { spare.append(group) }
        }
        if onEmpty != nil { flushOrCall() }
    }

    // MARK: Upkeep, on the loop

    /// Asks for a reopen, which `onReopened` answers.
    ///
    /// Once no reader is active.
    package func reopen() {
        lock.withLock { isReopenAsked = true }
        worker?.signal()
    }

    /// Hands over what there is, and calls back when everything has been answered.
    package func flush(whenEmpty: @escaping () -> Void) {
        onEmpty = whenEmpty
        flushOrCall()
    }

    private func flushOrCall() {
        if open.count > 0 { return handOver() }
        guard away.isEmpty else { return }
        let call = onEmpty
        onEmpty = nil
        call?()
    }

    /// Commits what was handed over, then ends the thread.
    ///
    /// Not on the loop's own thread while groups wait for it.
    package func stop() {
        worker?.stop()
        worker = nil
        isStopped = true
    }

    /// Lets go of its timer, of who listens and of what nobody was told of: no group comes back any more.
    package func close() {
        open = CommitGroup()
        away = []
        if let delay { executor.timers.remove(.monotonic, delay) }
        delay = nil
        onEmpty = nil
        onFailure = { _ in }
        onSuccess = {}
        onReopened = { _ in }
    }

    // MARK: On the worker

    private func step() {
        let (groups, mustReopen) = lock.withLock {
            defer {
                waiting = []
                isReopenAsked = false
            }
            return (waiting, isReopenAsked)
        }
        if !groups.isEmpty {
            commit(groups)
            let isFirst = lock.withLock {
                done.append(contentsOf: groups)
                return done.count == groups.count
            }
            if isFirst { executor.post { [self] in deliver() } }
        }
        if mustReopen { reopenNow() }
    }

    private func commit(_ groups: [CommitGroup]) {
        if let broken { return settle(groups, as: .notStored(broken)) }
        let began = executor.driver.clock.wallNow
        defer { groups.first?.commitSeconds = executor.driver.clock.wallNow.seconds(since: began) }
        do throws(StoreError) {
            var batch = try GroupBatch(groups, over: store)
            try store.commit(batch.operations)
            batch.settle()
            while !batch.isSettled {
                try batch.planAgain(over: store)
                try store.commit(batch.operations)
                batch.settle()
            }
        } catch {
            broken = error
            settle(groups, as: .notKnown(error))
        }
    }

    private func settle(_ groups: [CommitGroup], as result: CommitResult) {
        for group in groups { group.results = Array(repeating: result, count: group.count) }
    }

    private func reopenNow() {
        var failure: StoreError?
        do {
            try store.reopen()
            broken = nil
        } catch {
            failure = error
        }
        executor.post { [self, failure] in onReopened(failure) }
    }
}
