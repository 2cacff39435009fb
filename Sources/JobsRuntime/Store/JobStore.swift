internal import Reactor

/// Jobs laid out on the ordered store: which keys each command touches, and under which conditions.
///
/// Encodes on the loop into the group that it is given; reads nothing, and decides nothing. `spec` is written once per
/// schedule, `progress` at each result, `due` orders the next attempts; every command removes exactly the due key that
/// was written before.
package final class JobStore {
    package let keys: LaneKeys
    private let generations: Generations
    /// The lane's low-water mark as it will be once the open group is committed.
    package private(set) var mark: DueKey?
    /// How many planned commands of a name are under way.
    private var plannedOfName: [[UInt8]: Int] = [:]
    /// Whether the mark on the disk may be higher than `mark`, as a group that lowered it has failed.
    private var isMarkDoubtful = false
    private var specKey: [UInt8] = []
    private var progressKey: [UInt8] = []
    private var dueKey: [UInt8] = []
    private var scratch: [UInt8] = []

    package init(keys: LaneKeys, generations: Generations, mark: DueKey?) {
        self.keys = keys
        self.generations = generations
        self.mark = mark
    }

    // MARK: Commands of clients

    /// Writes a new job, on the condition that none of its name exists.
    package func create(
        _ job: NewJob, in group: CommitGroup, _ completion: @escaping (CommitResult) -> Void
    ) {
        prepare(job, in: group)
        if plannedOfName[job.name] != nil {
            return plan(CreateCommand(keys: keys, job: job), of: job.name, in: group, completion)
        }
        keys.spec(job.name, into: &specKey)
        keys.due(job.due, into: &dueKey)
        group.begin(completion)
        group.operations.require(absent: specKey)
        group.operations.put(specKey, version: job.generation, job.record)
        group.operations.put(dueKey, version: job.generation)
    }

    /// Writes a job in place of the one of its name, or as a new one.
    package func replace(
        _ job: NewJob, in group: CommitGroup, _ completion: @escaping (CommitResult) -> Void
    ) {
        prepare(job, in: group)
        plan(ReplaceCommand(keys: keys, job: job), of: job.name, in: group, completion)
    }

    /// Removes a job; `refused` says that there was none.
    package func delete(
        _ name: [UInt8], in group: CommitGroup, _ completion: @escaping (CommitResult) -> Void
    ) {
        plan(DeleteCommand(keys: keys, name: name), of: name, in: group, completion)
    }

    private func prepare(_ job: NewJob, in group: CommitGroup) {
        generations.reserve(job.generation, in: group)
        noteDue(job.due, in: group)
    }

    /// Adds a planned command.
    ///
    /// Plans come after the other operations of their group; so that the commands of one name
    /// take effect in order of arrival, and a later one has the higher generation, those that follow are planned too.
    private func plan(
        _ command: any PlannedCommand, of name: [UInt8], in group: CommitGroup,
        _ completion: @escaping (CommitResult) -> Void
    ) {
        plannedOfName[name, default: 0] += 1
        group.add(command) { [unowned self] result in
            let left = (plannedOfName[name] ?? 1) - 1
            plannedOfName[name] = left > 0 ? left : nil
            completion(result)
        }
    }

    // MARK: Results

    /// Removes a job that has no further tick.
    package func finish(
        _ job: PendingJob, in group: CommitGroup, _ completion: @escaping (CommitResult) -> Void
    ) {
        begin(job, in: group, completion)
        group.operations.delete(specKey)
        group.operations.delete(dueKey)
        if job.progress.sequence > 0 { group.operations.delete(progressKey) }
    }

    /// Moves a job to its next attempt: the next tick, or the same one again.
    package func advance(
        _ job: PendingJob, to progress: ProgressRecord, in group: CommitGroup,
        _ completion: @escaping (CommitResult) -> Void
    ) {
        noteDue(DueKey(time: progress.due, name: job.name), in: group)
        begin(job, in: group, completion)
        // It also stands where it stood: a result that had reached the disk before changes nothing.
        if job.progress.sequence > 0 {
            group.operations.require(version: job.progress.sequence, of: progressKey)
        } else {
            group.operations.require(absent: progressKey)
        }
        group.operations.put(progressKey, version: progress.sequence, progress.encoded())
        group.operations.delete(dueKey)
        keys.due(DueKey(time: progress.due, name: job.name), into: &dueKey)
        group.operations.put(dueKey, version: job.generation)
    }

    /// The condition of every result: the job is still the one that ran.
    ///
    /// One whose job was replaced, deleted or finished meanwhile changes nothing.
    private func begin(
        _ job: PendingJob, in group: CommitGroup, _ completion: @escaping (CommitResult) -> Void
    ) {
        keys.spec(job.name, into: &specKey)
        keys.progress(job.name, into: &progressKey)
        keys.due(job.dueKey, into: &dueKey)
        group.begin(completion)
        group.operations.require(version: job.generation, of: specKey)
    }

    // MARK: Upkeep

    /// Removes a due key that a scan met and that no record names, unless it was written again since.
    package func removeOrphan(_ key: DueKey, generation: UInt64, in group: CommitGroup) {
        keys.due(key, into: &dueKey)
        group.begin { _ in }
        group.operations.require(version: generation, of: dueKey)
        group.operations.delete(dueKey)
    }

    /// Moves the lane's low-water mark up to `key`, below which no due key is alive in memory or in the
    /// store, so that a scan does not start across the deleted ones.
    ///
    /// Every due key of the lane is written through this object: a later write below the mark lowers it again in the
    /// same group.
    package func raiseMark(to key: DueKey, in group: CommitGroup) {
        if let mark, !(mark < key) { return }
        write(mark: key, in: group)
    }

    /// The store has failed: what the last groups wrote beside the jobs may be missing on the disk.
    package func storeFailed() { isMarkDoubtful = true }

    /// The store answers again: writes the mark once more, which a failed group may have taken with it, before any
    /// new job.
    package func storeRecovered(in group: CommitGroup) {
        isMarkDoubtful = false
        if let mark { write(mark: mark, in: group) }
    }

    private func noteDue(_ key: DueKey, in group: CommitGroup) {
        group.noteDue(key, of: self)
        if let mark, key < mark || isMarkDoubtful { write(mark: min(key, mark), in: group) }
    }

    private func write(mark key: DueKey, in group: CommitGroup) {
        mark = key
        keys.due(key, into: &dueKey)
        keys.mark(into: &scratch)
        group.begin { _ in }
        group.operations.put(scratch, version: 0, dueKey)
    }
}

/// A job as it is handed to the store: encoded, with its generation and its first place in the due order.
package struct NewJob: Sendable {
    package let name: [UInt8]
    package let generation: UInt64
    package let due: DueKey
    package let record: [UInt8]
}
