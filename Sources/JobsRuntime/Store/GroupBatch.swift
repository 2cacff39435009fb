/// Groups that are committed together: their operations as one batch, and what its verdicts mean for each command.
///
/// On the writer's thread. Of each group the plain operations come first, then the plans of the commands that must read
/// before they can say what to write; one that another command came between is planned again in a further round.
struct GroupBatch {
    /// A command that is planned, and which of its group's commands it is.
    private struct Planned {
        let command: any PlannedCommand
        let group: CommitGroup
        let index: Int
        /// Its operation in the batch, and what it means when that one holds.
        var operation = 0
        var meaning = PlanMeaning.done
    }

    private let groups: [CommitGroup]
    /// For each group where its own operations begin in the batch; its first plan ends them.
    private var ranges: [Range<Int>] = []
    private var left: [Planned] = []
    /// What is to be committed now.
    private(set) var operations: OperationGroup

    /// Begins the first round: the groups' operations, and the plans that follow from what is committed.
    init(_ groups: [CommitGroup], over store: any OrderedStore) throws(StoreError) {
        self.groups = groups
        operations = groups[0].operations
        for (index, group) in groups.enumerated() {
            group.results = Array(repeating: .refused, count: group.count)
            let start = index == 0 ? 0 : operations.count
            if index > 0 { operations.append(contentsOf: group.operations) }
            ranges.append(start..<operations.count)
            for (command, index) in group.planned {
                try plan(Planned(command: command, group: group, index: index), over: store)
            }
        }
    }

    /// Whether every command has its result.
    var isSettled: Bool { left.isEmpty }

    /// Takes the verdicts of a committed batch.
    mutating func settle() {
        for (group, range) in zip(groups, ranges) {
            for operation in range where operations.verdict(of: operation) == .applied {
                group.results[Int(operations.tag(of: operation))] = .applied
            }
        }
        ranges = []
        left.removeAll { entry in
            if operations.verdict(of: entry.operation) == .refused { return false }
            if entry.meaning == .done { entry.group.results[entry.index] = .applied }
            return true
        }
    }

    /// Begins the next round with what another command came before.
    ///
    /// Each round settles at least one command, so it ends.
    mutating func planAgain(over store: any OrderedStore) throws(StoreError) {
        let again = left
        left = []
        operations = OperationGroup()
        for entry in again { try plan(entry, over: store) }
    }

    private mutating func plan(_ entry: Planned, over store: any OrderedStore) throws(StoreError) {
        var entry = entry
        entry.operation = operations.count
        entry.meaning = try entry.command.plan(over: store, into: operations, tag: UInt64(entry.index))
        left.append(entry)
    }
}
