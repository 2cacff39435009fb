/// Runs asynchronous code on the thread that asks for it, until it is done.
///
/// For a program's main thread. Swift's own pool, which an `async` main would start, keeps a timer that wakes the process
/// every second for as long as it lives (libdispatch's monitor of its workers): an idle host must not.
package final class ThreadExecutor: TaskExecutor, @unchecked Sendable {
    // SAFETY: unchecked because whoever enqueues and the thread that runs share `waiting` and `isDone`, and the latter has
    // to sleep until there is a job, which `Mutex` cannot: both are touched with the lock held only.
    private let lock = Lock()
    private var waiting: [UnownedJob] = []
    private var isDone = false

    package init() {}

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        lock.withLock {
            waiting.append(job)
            lock.signal()
        }
    }

    /// Runs `body` on the calling thread and returns when it has returned.
    package func run(_ body: @escaping @Sendable () async -> Void) {
        Task(executorPreference: self) { [self] in
            await body()
            lock.withLock {
                isDone = true
                lock.signal()
            }
        }
        while let job = next() { unsafe job.runSynchronously(on: asUnownedTaskExecutor()) }
    }

    /// The next job, or `nil` once the body has returned.
    private func next() -> UnownedJob? {
        lock.withLock {
            while waiting.isEmpty, !isDone { lock.wait() }
            return waiting.isEmpty ? nil : waiting.removeFirst()
        }
    }
}
