package import Reactor

/// The loop's side of the writer: the open group, and when it is handed over.
///
/// Answers to clients wait for a sync, so a group that has one goes at the end of the turn. Results of runs need none of
/// their own: losing one only repeats a trigger. They ride with the next client's command, or go after
/// `resultDelayMilliseconds` at the latest. On the loop only.
package final class CommitQueue: TimerTarget {
    /// How long a result may wait for company, in milliseconds.
    package static let resultDelayMilliseconds: UInt64 = 10
    /// From how many commands on a group of results goes without waiting.
    package static let fullGroup = 512

    /// Groups that are kept for use again.
    private static let spareGroups = 8

    private let writer: StoreWriter
    private let timers: LoopTimers
    private let limits: JobLimits
    private var open = CommitGroup()
    private var spare: [CommitGroup] = []
    private var isUrgent = false
    private var onEmpty: (() -> Void)?
    private var delay: TimerToken?
    private var away: [CommitGroup] = []
    private var commandsWaiting = 0
    private var bytesAway = 0

    /// Called with the error of a group that failed, before its commands are answered.
    package var onFailure: (StoreError) -> Void = { _ in }
    /// Called for groups that were committed.
    package var onSuccess: () -> Void = {}

    package init(writer: StoreWriter, timers: LoopTimers, limits: JobLimits) {
        self.writer = writer
        self.timers = timers
        self.limits = limits
        writer.onCommitted = { [unowned self] in committed($0) }
    }

    /// Whether there is room for a client's command; past it the client is told to come back.
    package var hasRoom: Bool {
        commandsWaiting < limits.maximumQueuedCommands
            && bytesAway + open.weight < limits.maximumQueuedBytes
    }

    /// The lowest due key that is written but not yet committed.
    package var lowestDueUnderWay: DueKey? {
        away.reduce(open.lowestDue) { lowest, group in
            guard let key = group.lowestDue else { return lowest }
            return lowest.map { min($0, key) } ?? key
        }
    }

    /// The group for a client's command, which goes at the end of this turn.
    package func forClient() -> CommitGroup {
        isUrgent = true
        commandsWaiting += 1
        open.clientCommands += 1
        return open
    }

    /// The group for a run's result or for upkeep.
    ///
    /// An urgent one, whose job is already due again, waits for nothing.
    package func forResult(isUrgent: Bool) -> CommitGroup {
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
            let deadline = timers.monotonicNow.advanced(byMilliseconds: Self.resultDelayMilliseconds)
            delay = timers.insert(.monotonic, at: deadline, for: self)
        }
    }

    package func timerFired(_ token: TimerToken) {
        guard token == delay else { return }
        delay = nil
        if open.count > 0 { handOver() }
    }

    /// Hands over what there is, and calls back when everything has been answered.
    package func flush(whenEmpty: @escaping () -> Void) {
        onEmpty = whenEmpty
        if open.count > 0 { handOver() } else if away.isEmpty { callEmpty() }
    }

    /// Lets go of its timer and of who listens: no group comes back any more.
    package func close() {
        if let delay { timers.remove(.monotonic, delay) }
        delay = nil
        onEmpty = nil
        onFailure = { _ in }
        onSuccess = {}
    }

    private func callEmpty() {
        let call = onEmpty
        onEmpty = nil
        call?()
    }

    private func handOver() {
        if let delay { timers.remove(.monotonic, delay) }
        delay = nil
        isUrgent = false
        away.append(open)
        open.byteCount = open.weight
        bytesAway += open.byteCount
        writer.submit(open)
        open = spare.popLast() ?? CommitGroup()
    }

    private func committed(_ groups: [CommitGroup]) {
        away.removeFirst(groups.count)
        for group in groups {
            bytesAway -= group.byteCount
            commandsWaiting -= group.clientCommands
            switch group.results.first {
            case .notKnown(let error): onFailure(error)
            case .applied, .refused: onSuccess()
            case .notStored, nil: break
            }
            group.answer()
            if spare.count < Self.spareGroups { spare.append(group) }
        }
        if onEmpty != nil { if open.count > 0 { handOver() } else if away.isEmpty { callEmpty() } }
    }
}
