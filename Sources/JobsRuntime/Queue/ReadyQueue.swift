/// Due jobs of one route that wait for a free slot, in the order in which they fell due.
///
/// A job may leave the state `ready` while it waits, when it is deleted or replaced; it is skipped when its turn comes.
package struct ReadyQueue {
    private var jobs: [PendingJob] = []
    private var head = 0
    private let limit: Int

    package init(limit: Int) { self.limit = limit }

    /// Jobs that wait, those that are to be skipped included.
    package var count: Int { jobs.count - head }

    /// Whether no further job may wait here.
    package var isFull: Bool { count >= limit }

    /// Whether it is worth bringing back what was passed.
    package var isHalfEmpty: Bool { count <= limit / 2 }

    /// Adds a job that has just become ready.
    package mutating func append(_ job: PendingJob) { jobs.append(job) }

    /// The next job that is still ready.
    package mutating func next() -> PendingJob? {
        while head < jobs.count {
            let job = jobs[head]
            head += 1
            if head == jobs.count {
                jobs.removeAll(keepingCapacity: true)
                head = 0
            } else if head > 4096, head > jobs.count / 2 {
                jobs.removeFirst(head)
                head = 0
            }
            if job.state == .ready { return job }
        }
        return nil
    }

    /// Takes all that wait.
    package mutating func takeAll() -> [PendingJob] {
        defer {
            jobs.removeAll(keepingCapacity: true)
            head = 0
        }
        return jobs[head...].filter { $0.state == .ready }
    }
}
