internal import Glibc

/// Mutual exclusion between threads.
///
/// A `pthread_mutex_t` and not `Synchronization.Mutex`: the thread sanitizer knows it, and reports false races for
/// the other. Locking and unlocking alone cost about 8 ns.
@safe package final class Lock: @unchecked Sendable {
    // SAFETY: the mutex has a fixed address of its own, and the calls on it are safe from every thread.
    private let raw: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    package init() {
        unsafe raw = .allocate(capacity: 1)
        unsafe condition = .allocate(capacity: 1)
        let status = unsafe pthread_mutex_init(raw, nil) | pthread_cond_init(condition, nil)
        precondition(status == 0, "a lock needs a few bytes from the system: \(status)")
    }

    deinit {
        unsafe pthread_mutex_destroy(raw)
        unsafe pthread_cond_destroy(condition)
        unsafe raw.deallocate()
        unsafe condition.deallocate()
    }

    /// Runs `body` while no other thread holds the lock.
    package func withLock<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure)
        -> Result
    {
        unsafe pthread_mutex_lock(raw)
        defer { unsafe pthread_mutex_unlock(raw) }
        return try body()
    }

    /// Lets go of the lock until another thread signals, then takes it again.
    ///
    /// Call it with the lock held, in a loop that checks what is waited for.
    package func wait() { unsafe pthread_cond_wait(condition, raw) }

    /// The same, for `seconds` at most; answers whether that time was enough.
    package func wait(seconds: Int) -> Bool {
        var deadline = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &deadline)
        deadline.tv_sec += seconds
        return unsafe pthread_cond_timedwait(condition, raw, &deadline) != ETIMEDOUT
    }

    /// Wakes every thread that waits.
    package func signal() { unsafe pthread_cond_broadcast(condition) }
}
