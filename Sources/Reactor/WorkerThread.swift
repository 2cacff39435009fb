/// A worker on a thread of its own: runs its step after each signal, and sleeps in between.
package final class WorkerThread: LoopWorker, @unchecked Sendable {
    // SAFETY: the two flags are touched with the lock held; `thread` is set once, before anybody else sees the object.
    private let lock = Lock()
    private var isSignalled = false
    private var isStopping = false
    private var thread: LoopThread?

    package init(named name: String, step: @escaping @Sendable () -> Void) {
        thread = LoopThread(named: name) { [self] in
            while waitForSignal() { step() }
        }
    }

    package func signal() {
        lock.withLock {
            isSignalled = true
            lock.signal()
        }
    }

    package func stop() {
        let running = lock.withLock {
            isStopping = true
            lock.signal()
            defer { thread = nil }
            return thread
        }
        running?.join()
    }

    /// Whether there is something to do; `false` ends the thread, once nothing is left.
    private func waitForSignal() -> Bool {
        lock.withLock {
            while !isSignalled, !isStopping { lock.wait() }
            defer { isSignalled = false }
            return isSignalled
        }
    }
}
