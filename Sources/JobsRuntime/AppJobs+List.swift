internal import Reactor

/// What is asked about many jobs at once, and done to them.
extension AppJobs {
    /// What became of a list that was asked for.
    package enum ListResult {
        case found(JobListPage)
        case busy
        case failed(StoreError)
    }

    /// What became of a delete by prefix, and how many jobs it has deleted until then.
    package enum PrefixDeleteResult {
        case deleted(Int)
        /// Too much waits for the store already.
        case busy(deleted: Int)
        /// The store failed; of the jobs that were with it then nobody knows.
        case failed(StoreError, deleted: Int)
    }

    /// Reads jobs in the order of their names, on the reader's thread.
    package func list(_ range: JobRange, _ answer: @escaping (ListResult) -> Void) {
        if let fault { return answer(.failed(fault)) }
        guard parts.reader.hasRoom else { return answer(.busy) }
        parts.reader.readJobs(range, keys: parts.keys) { result in
            switch result {
            case .success(let page): answer(.found(page))
            case .failure(let error): answer(.failed(error))
            }
        }
    }

    /// How a job that was read stands now, and where: what is in memory knows better than a snapshot.
    package func standing(of job: ListedJob) -> (standing: JobStanding, progress: ProgressRecord?) {
        guard case .success(let records) = job.records else { return (.unreadable, nil) }
        let waiting = records.progress.isRetry ? JobStanding.retrying : .waiting
        guard let known = parts.lane.known(job.name), known.generation == job.generation else {
            let isDue = records.progress.due <= parts.timers.wallNow
            return (isDue ? parts.executor.standing(ofDue: job.name) : waiting, records.progress)
        }
        let standing =
            switch known.state {
            case .waiting: known.isRetry ? JobStanding.retrying : JobStanding.waiting
            case .held: JobStanding.held
            case .suspended: JobStanding.suspended
            case .ready: JobStanding.ready
            case .running: JobStanding.running
            case .settling: JobStanding.settling
            case .gone: waiting
            }
        return (standing, known.progress)
    }

    /// Deletes every job whose name begins with `prefix`, a batch at a time; runs of them are not disturbed.
    ///
    /// Each job is deleted as by `delete`: whole, or not at all. One that is scheduled meanwhile may be deleted or not.
    package func delete(prefix: [UInt8], _ answer: @escaping (PrefixDeleteResult) -> Void) {
        PrefixDelete(prefix: prefix, jobs: self, answer).next()
    }
}

/// A delete by prefix under way: reads names, has them deleted, and reads on behind them.
///
/// It lives in the answers that it waits for.
private final class PrefixDelete {
    private let jobs: AppJobs
    private let answer: (AppJobs.PrefixDeleteResult) -> Void
    private var range: JobRange
    private var deleted = 0
    private var underWay = 0
    private var failure: StoreError?

    init(prefix: [UInt8], jobs: AppJobs, _ answer: @escaping (AppJobs.PrefixDeleteResult) -> Void) {
        self.jobs = jobs
        self.answer = answer
        let limits = jobs.parts.limits
        range = JobRange(
            prefix: prefix, maximumJobs: limits.prefixDeleteJobs, maximumBytes: limits.listBytes)
        range.isNamesOnly = true
    }

    func next() {
        guard jobs.parts.writer.hasRoom else { return answer(.busy(deleted: deleted)) }
        jobs.list(range) { [self] result in
            switch result {
            case .found(let page): delete(page)
            case .busy: answer(.busy(deleted: deleted))
            case .failed(let error): answer(.failed(error, deleted: deleted))
            }
        }
    }

    private func delete(_ page: JobListPage) {
        guard let last = page.jobs.last else { return finish() }
        guard jobs.parts.writer.hasRoom else { return answer(.busy(deleted: deleted)) }
        range.after = last.name
        underWay = page.jobs.count
        for job in page.jobs {
            jobs.remove(job.name) { [self] result in settled(result, hasMore: page.hasMore) }
        }
    }

    private func settled(_ result: CommitResult, hasMore: Bool) {
        underWay -= 1
        switch result {
        case .applied: deleted += 1
        // It went by itself, or somebody else was quicker.
        case .refused: break
        case .notStored(let error), .notKnown(let error): failure = error
        }
        guard underWay == 0 else { return }
        if let failure { return answer(.failed(failure, deleted: deleted)) }
        if hasMore { next() } else { finish() }
    }

    private func finish() {
        jobs.parts.metrics?.commands.bulkDeleted.add()
        answer(.deleted(deleted))
    }
}
