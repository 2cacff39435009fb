internal import Reactor

/// What the store holds of a job when a command is planned, with the versions that the plan depends on.
private struct StoredJob {
    let generation: UInt64
    let progressVersion: UInt64?
    /// `nil` where a record cannot be read: the due key is then removed when a scan meets it.
    let due: WallTime?

    /// Reads a job, or `nil` where none of the name exists.
    static func read(_ name: [UInt8], _ keys: LaneKeys, from store: any OrderedStore) throws(StoreError)
        -> StoredJob?
    {
        var key: [UInt8] = []
        var value: [UInt8] = []
        keys.spec(name, into: &key)
        guard let generation = try store.get(key, into: &value) else { return nil }
        let firstDue = try readable { () throws(StoreError) in try SpecRecord(decoding: value).firstDue }
        keys.progress(name, into: &key)
        guard let version = try store.get(key, into: &value) else {
            return StoredJob(generation: generation, progressVersion: nil, due: firstDue)
        }
        let due = try readable { () throws(StoreError) in try ProgressRecord(decoding: value).due }
        return StoredJob(generation: generation, progressVersion: version, due: due)
    }

    /// What a record says, or `nil` for one that is damaged: it can still be deleted and replaced.
    private static func readable(_ read: () throws(StoreError) -> WallTime) throws(StoreError) -> WallTime? {
        do throws(StoreError) { return try read() } catch  where error.isOfOneRecord { return nil }
    }

    /// Requires that the job is still as it was read, and removes it but for its `spec`.
    func remove(_ name: [UInt8], _ keys: LaneKeys, in operations: OperationGroup) {
        var key: [UInt8] = []
        keys.spec(name, into: &key)
        operations.require(version: generation, of: key)
        keys.progress(name, into: &key)
        if let progressVersion {
            operations.require(version: progressVersion, of: key)
            operations.delete(key)
        } else {
            operations.require(absent: key)
        }
        guard let due else { return }
        keys.due(DueKey(time: due, name: name), into: &key)
        operations.delete(key)
    }
}

/// Deletes a job with all its keys, wherever its next attempt stands in the due order.
struct DeleteCommand: PlannedCommand {
    let keys: LaneKeys
    let name: [UInt8]

    var byteCount: Int { name.count }

    func plan(
        over store: any OrderedStore, into operations: OperationGroup, tag: UInt64
    ) throws(StoreError) -> PlanMeaning {
        let stored = try StoredJob.read(name, keys, from: store)
        var key: [UInt8] = []
        keys.spec(name, into: &key)
        _ = operations.begin(tag: tag)
        guard let stored else {
            operations.require(absent: key)
            // Nothing to delete: whoever counts what he deletes does not count this one.
            return .refusal
        }
        stored.remove(name, keys, in: operations)
        operations.delete(key)
        return .done
    }
}

/// Writes a job over the one of its name: what that one had counted goes with it.
struct ReplaceCommand: PlannedCommand {
    let keys: LaneKeys
    let job: NewJob

    var byteCount: Int { job.name.count + job.record.count }

    func plan(
        over store: any OrderedStore, into operations: OperationGroup, tag: UInt64
    ) throws(StoreError) -> PlanMeaning {
        let stored = try StoredJob.read(job.name, keys, from: store)
        var key: [UInt8] = []
        keys.spec(job.name, into: &key)
        _ = operations.begin(tag: tag)
        if let stored {
            stored.remove(job.name, keys, in: operations)
        } else {
            operations.require(absent: key)
        }
        job.write(keys, in: operations)
        return .done
    }
}

/// Writes a new job, where a planned command of the same name is under way and must come first.
struct CreateCommand: PlannedCommand {
    let keys: LaneKeys
    let job: NewJob

    var byteCount: Int { job.name.count + job.record.count }

    func plan(
        over store: any OrderedStore, into operations: OperationGroup, tag: UInt64
    ) throws(StoreError) -> PlanMeaning {
        var key: [UInt8] = []
        var value: [UInt8] = []
        keys.spec(job.name, into: &key)
        _ = operations.begin(tag: tag)
        if let generation = try store.get(key, into: &value) {
            operations.require(version: generation, of: key)
            return .refusal
        }
        operations.require(absent: key)
        job.write(keys, in: operations)
        return .done
    }
}

extension NewJob {
    fileprivate func write(_ keys: LaneKeys, in operations: OperationGroup) {
        var key: [UInt8] = []
        keys.spec(name, into: &key)
        operations.put(key, version: generation, record)
        keys.due(due, into: &key)
        operations.put(key, version: generation)
    }
}
