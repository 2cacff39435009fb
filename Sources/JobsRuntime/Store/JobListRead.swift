internal import Reactor

/// Which jobs to read, in the order of their names.
package struct JobRange: Sendable {
    /// What the names begin with; empty for all.
    package var prefix: [UInt8]
    /// The name that the range begins behind; `nil` begins at the first.
    package var after: [UInt8]?
    /// How many jobs at most.
    package var maximumJobs: Int
    /// After how many bytes of records no further job is read.
    package var maximumBytes: Int
    /// Whether the names alone are wanted.
    package var isNamesOnly = false

    package init(prefix: [UInt8], after: [UInt8]? = nil, maximumJobs: Int, maximumBytes: Int) {
        self.prefix = prefix
        self.after = after
        self.maximumJobs = maximumJobs
        self.maximumBytes = maximumBytes
    }
}

/// A job as a read by name found it.
package struct ListedJob: Sendable {
    /// What its records say.
    package struct Records: Sendable {
        package let spec: SpecRecord
        package let progress: ProgressRecord
    }

    package let name: [UInt8]
    package let generation: UInt64
    /// `nil` where the names alone were asked for; a record that cannot be read is an error of this one job.
    package let records: Result<Records, StoreError>?
}

/// What one read by name brought.
package struct JobListPage: Sendable {
    /// In the order of their names.
    package var jobs: [ListedJob] = []
    /// Whether more of the range stand behind the last of them.
    package var hasMore = false
}

/// One read of jobs by name, from one snapshot: as many keys as the range has jobs, and one more.
struct JobListRead {
    let range: JobRange
    let keys: LaneKeys

    func run(over store: any OrderedStore) throws(StoreError) -> JobListPage {
        let snapshot = try store.snapshot()
        defer { snapshot.close() }
        var page = JobListPage()
        for found in try scan(snapshot, hasMore: &page.hasMore) {
            var records: Result<ListedJob.Records, StoreError>?
            if !range.isNamesOnly { records = try read(found.name, found.record, in: snapshot) }
            page.jobs.append(ListedJob(name: found.name, generation: found.generation, records: records))
        }
        return page
    }

    private struct Found {
        let name: [UInt8]
        let generation: UInt64
        let record: [UInt8]
    }

    private func scan(_ snapshot: any StoreSnapshot, hasMore: inout Bool) throws(StoreError) -> [Found] {
        var first: [UInt8] = []
        var end: [UInt8] = []
        keys.specs(beginningWith: range.prefix, after: range.after, from: &first, to: &end)
        var found: [Found] = []
        var bytes = 0
        var isFull = false
        try unsafe snapshot.scan(from: first.span, to: end.span, limit: range.maximumJobs + 1) {
            key, generation, value in
            guard found.count < range.maximumJobs, bytes < range.maximumBytes else {
                isFull = true
                return false
            }
            bytes += key.count + (range.isNamesOnly ? 0 : value.count)
            found.append(
                Found(
                    name: unsafe keys.specName(of: key), generation: generation,
                    record: range.isNamesOnly ? [] : unsafe Array(value)))
            return true
        }
        hasMore = isFull
        return found
    }

    private func read(
        _ name: [UInt8], _ record: [UInt8], in snapshot: any StoreSnapshot
    ) throws(StoreError) -> Result<ListedJob.Records, StoreError> {
        do throws(StoreError) {
            let spec = try SpecRecord(decoding: record)
            var key: [UInt8] = []
            var value: [UInt8] = []
            keys.progress(name, into: &key)
            guard try snapshot.get(key, into: &value) != nil else {
                return .success(
                    ListedJob.Records(spec: spec, progress: ProgressRecord(firstDue: spec.firstDue)))
            }
            return .success(ListedJob.Records(spec: spec, progress: try ProgressRecord(decoding: value)))
        } catch  where error.isOfOneRecord {
            return .failure(error)
        }
    }
}
