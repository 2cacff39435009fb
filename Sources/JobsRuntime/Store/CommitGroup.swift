internal import Reactor

/// What became of one command at the store.
package enum CommitResult: Sendable {
    /// On disk, synced.
    case applied
    /// A condition did not hold; nothing of it was written.
    case refused
    /// It never reached the disk.
    case notStored(StoreError)
    /// The commit failed under it: it may be on disk or not, which only the reopened store can tell.
    case notKnown(StoreError)
}

/// A command that needs to read before it can say what to write, such as a delete that must find the due key.
///
/// It is planned on the writer's thread, over what is committed; a condition on all that it read makes the plan void
/// if something came between, and then it is planned again.
package protocol PlannedCommand: Sendable {
    /// What it holds in memory until it is planned, in bytes.
    var byteCount: Int { get }

    /// Adds one operation, conditions included, to `operations`; answers what it means when they hold.
    func plan(
        over store: any OrderedStore, into operations: OperationGroup, tag: UInt64
    ) throws(StoreError) -> PlanMeaning
}

/// What a plan comes to when its conditions hold.
package enum PlanMeaning {
    /// The command is done.
    case done
    /// The command is refused: what it must not find is there.
    case refusal
}

/// Commands that become durable together: filled on the loop, committed by the writer, answered on the loop.
///
/// An object that is used again; its memory stays.
package final class CommitGroup: @unchecked Sendable {
    // SAFETY: one side owns it at a time. The loop fills it, hands it over under `StoreWriter`'s lock, touches
    // nothing until the writer has given it back under that lock, and alone touches `completions`.
    package let operations = OperationGroup()
    package fileprivate(set) var planned: [(command: any PlannedCommand, tag: Int)] = []
    fileprivate var completions: [(CommitResult) -> Void] = []
    package var results: [CommitResult] = []
    private var plannedBytes = 0
    /// What the group weighs, the commands that are not planned yet included, in bytes.
    package var weight: Int { operations.byteCount + plannedBytes }
    /// How many of the commands are clients', who count against a limit of their own.
    package var clientCommands = 0
    /// For each lane the lowest due key that the group writes; its mark may not pass that before it is committed.
    private var lowestDue: [(lane: JobStore, key: DueKey)] = []
    /// What the group weighed when it was handed over, in bytes.
    package var byteCount = 0
    /// When it was handed over.
    var handedOverAt = Tick(milliseconds: 0)
    /// What its commit took, in seconds; only of the first group of those that were committed together.
    var commitSeconds: Double?

    init() {}

    /// Commands in the group.
    package var count: Int { completions.count }

    /// Starts an operation whose conditions and writes the caller adds to `operations` next.
    package func begin(_ completion: @escaping (CommitResult) -> Void) {
        _ = operations.begin(tag: UInt64(completions.count))
        completions.append(completion)
    }

    /// Adds a command that the writer plans.
    package func add(_ command: any PlannedCommand, _ completion: @escaping (CommitResult) -> Void) {
        planned.append((command, completions.count))
        plannedBytes += command.byteCount
        completions.append(completion)
    }

    /// Tells every command what became of it, in order of arrival, and empties the group.
    ///
    /// On the loop.
    package func answer() {
        for (index, completion) in completions.enumerated() { completion(results[index]) }
        operations.removeAll()
        planned.removeAll(keepingCapacity: true)
        plannedBytes = 0
        completions.removeAll(keepingCapacity: true)
        results.removeAll(keepingCapacity: true)
        clientCommands = 0
        lowestDue.removeAll(keepingCapacity: true)
    }

    /// Notes a due key that the group writes.
    package func noteDue(_ key: DueKey, of lane: JobStore) {
        guard let index = lowestDue.firstIndex(where: { $0.lane === lane }) else {
            return lowestDue.append((lane, key))
        }
        if key < lowestDue[index].key { lowestDue[index].key = key }
    }

    /// The lowest due key of a lane that the group writes.
    func lowestDue(of lane: JobStore) -> DueKey? { lowestDue.first { $0.lane === lane }?.key }
}
