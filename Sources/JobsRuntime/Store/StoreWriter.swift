package import Reactor

/// The one writer: judges commands in order of arrival, and commits all that wait as one synced group.
///
/// # Hand-over
/// The loop submits a group a turn. What arrived while the last commit was at the disk is the next commit: one atomic
/// batch, one sync, one wake-up of the loop for all its answers.
///
/// # Faults
/// A commit that throws leaves its commands *not known* and every later one *not stored*, until `reopen` has succeeded.
/// The writer never reopens by itself: the loop must first have drained the readers.
package final class StoreWriter: @unchecked Sendable {
    // SAFETY: `waiting`, `done` and `isReopenAsked` are touched with the lock held; `isBroken` on the worker only; the
    // two callbacks are set before the first group and called on the loop only.
    private let store: any OrderedStore
    private let executor: LoopExecutor
    private let lock = Lock()
    private var waiting: [CommitGroup] = []
    private var done: [CommitGroup] = []
    private var isReopenAsked = false
    private var isBroken: StoreError?
    private var worker: (any LoopWorker)?

    /// Called on the loop with the groups that have their results, in order.
    package var onCommitted: ([CommitGroup]) -> Void = { _ in }
    /// Called on the loop after each attempt to reopen the store, with what went wrong.
    package var onReopened: (StoreError?) -> Void = { _ in }

    package init(store: any OrderedStore, executor: LoopExecutor) {
        self.store = store
        self.executor = executor
        worker = executor.driver.makeWorker(named: "store-writer") { [unowned self] in step() }
    }

    /// Hands a group over.
    ///
    /// On the loop.
    package func submit(_ group: CommitGroup) {
        lock.withLock { waiting.append(group) }
        worker?.signal()
    }

    /// Asks for a reopen, which `onReopened` answers.
    ///
    /// On the loop, once no reader is active.
    package func reopen() {
        lock.withLock { isReopenAsked = true }
        worker?.signal()
    }

    /// Commits what was handed over, then ends the thread.
    ///
    /// Not on the loop's own thread while groups wait for it.
    package func stop() {
        worker?.stop()
        worker = nil
        onCommitted = { _ in }
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

    private func deliver() {
        let groups = lock.withLock {
            defer { done = [] }
            return done
        }
        onCommitted(groups)
    }

    private func reopenNow() {
        var failure: StoreError?
        do {
            try store.reopen()
            isBroken = nil
        } catch {
            failure = error
        }
        executor.post { [self, failure] in onReopened(failure) }
    }

    private func commit(_ groups: [CommitGroup]) {
        for group in groups { group.results = Array(repeating: .refused, count: group.count) }
        if let isBroken {
            settle(groups, as: .notStored(isBroken))
            return
        }
        do throws(StoreError) {
            let left = try commitDirect(groups)
            for (group, left) in zip(groups, left) where !left.isEmpty { try commitPlanned(left, of: group) }
        } catch {
            isBroken = error
            settle(groups, as: .notKnown(error))
        }
    }

    /// A command and its place in the group.
    private typealias Planned = (command: any PlannedCommand, tag: Int)

    /// Commits the operations and the first plans of all groups as one batch; answers for each group the
    /// commands that another one came before.
    private func commitDirect(_ groups: [CommitGroup]) throws(StoreError) -> [[Planned]] {
        let batch = groups[0].operations
        var firsts: [Int] = []
        var plans: [(first: Int, meanings: [PlanMeaning])] = []
        for (index, group) in groups.enumerated() {
            firsts.append(index == 0 ? 0 : batch.count)
            if index > 0 { batch.append(contentsOf: group.operations) }
            plans.append((batch.count, try plan(group.planned, into: batch)))
        }
        try store.commit(batch)
        var left: [[Planned]] = []
        for (index, group) in groups.enumerated() {
            for operation in firsts[index]..<plans[index].first where batch.verdict(of: operation) == .applied
            {
                group.results[Int(batch.tag(of: operation))] = .applied
            }
            left.append(
                settle(group.planned, of: group, plans[index].meanings, in: batch, from: plans[index].first))
        }
        return left
    }

    /// Plans again what another command came before.
    ///
    /// Each round settles at least one, so it ends.
    private func commitPlanned(_ planned: [Planned], of group: CommitGroup) throws(StoreError) {
        var left = planned
        let batch = OperationGroup()
        while !left.isEmpty {
            batch.removeAll()
            let meanings = try plan(left, into: batch)
            try store.commit(batch)
            left = settle(left, of: group, meanings, in: batch, from: 0)
        }
    }

    private func plan(_ planned: [Planned], into batch: OperationGroup) throws(StoreError) -> [PlanMeaning] {
        var meanings: [PlanMeaning] = []
        for (command, tag) in planned {
            meanings.append(try command.plan(over: store, into: batch, tag: UInt64(tag)))
        }
        return meanings
    }

    /// Takes the results of plans that held; answers the others.
    private func settle(
        _ planned: [Planned], of group: CommitGroup, _ meanings: [PlanMeaning], in batch: OperationGroup,
        from first: Int
    ) -> [Planned] {
        var left: [Planned] = []
        for (index, entry) in planned.enumerated() {
            if batch.verdict(of: first + index) == .refused {
                left.append(entry)
            } else if meanings[index] == .done {
                group.results[entry.tag] = .applied
            }
        }
        return left
    }

    private func settle(_ groups: [CommitGroup], as result: CommitResult) {
        for group in groups { group.results = Array(repeating: result, count: group.count) }
    }
}
