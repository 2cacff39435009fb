/// Due jobs of one route that wait for a free slot, in the order in which they fell due.
///
/// A job may leave the state `ready` while it waits, when it is deleted or replaced; it is skipped when its turn comes.
package struct ReadyQueue {
    /// After how many places that are empty the others are moved down.
    private static let emptyPlaces = 4096

    private var jobs: [PendingJob?] = []
    private var head = 0
    private var bytes = 0
    private var maximumJobs = 1
    private var maximumBytes = 1

    package init() {}

    /// Sets the limits: what the route may have, and its share of half the window, so that routes without a free slot
    /// never fill the window and keep the jobs of other routes out of it.
    package mutating func share(_ limits: JobLimits, among routes: Int) {
        maximumJobs = max(1, min(limits.readyJobsPerRoute, limits.windowJobs / 2 / routes))
        maximumBytes = limits.windowBytes / 2 / routes
    }

    /// Jobs that wait, those that are to be skipped included.
    package var count: Int { jobs.count - head }

    /// Whether no further job may wait here.
    package var isFull: Bool { count >= maximumJobs || bytes > maximumBytes }

    /// Whether it is worth bringing back what was passed.
    package var isHalfEmpty: Bool { count <= maximumJobs / 2 && bytes <= maximumBytes / 2 }

    /// Adds a job that has just become ready.
    package mutating func append(_ job: PendingJob) {
        jobs.append(job)
        bytes += job.byteCount
    }

    /// The next job that is still ready.
    package mutating func next() -> PendingJob? {
        while head < jobs.count {
            guard let job = jobs[head].take() else { return nil }
            head += 1
            bytes -= job.byteCount
            if head == jobs.count {
                jobs.removeAll(keepingCapacity: true)
                head = 0
            } else if head > Self.emptyPlaces, head > jobs.count / 2 {
                jobs.removeFirst(head)
                head = 0
            }
            if job.state == .ready { return job }
        }
        return nil
    }

    /// Looks at all that wait, in their order.
    func forEach(_ body: (PendingJob) -> Void) {
        for index in head..<jobs.count {
            if let job = jobs[index], job.state == .ready { body(job) }
        }
    }

    /// Takes all that wait.
    package mutating func takeAll() -> [PendingJob] {
        defer {
            jobs.removeAll(keepingCapacity: true)
            head = 0
            bytes = 0
        }
        return jobs[head...].compactMap { $0?.state == .ready ? $0 : nil }
    }
}
