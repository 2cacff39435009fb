internal import Glibc

/// A thread of the test's own, for code that blocks: Swift's two threads stay free for everyone else's tests.
package final class OwnThread: Sendable {
    private let isDone = Monitor(false)

    package init(_ body: @escaping @Sendable () -> Void) {
        let isDone = isDone
        let box = unsafe Unmanaged.passRetained(
            Box {
                body()
                isDone.withLock { $0 = true }
            })
        var thread = pthread_t()
        let status = unsafe pthread_create(
            &thread, nil,
            { context in
                // SAFETY: the one reference that `passRetained` made is taken back here, once.
                unsafe Unmanaged<Box>.fromOpaque(context!).takeRetainedValue().body()
                return nil
            }, box.toOpaque())
        precondition(status == 0, "a test needs a thread: \(status)")
        pthread_detach(thread)
    }

    /// Waits for the end of the body; whether it came in time.
    package func join(by deadline: Deadline) -> Bool {
        isDone.wait(until: deadline) { $0 ? true : nil } ?? false
    }

    /// Runs blocking code on a thread of its own, and gives its result to the test that awaits it.
    ///
    /// The code belongs to the test's task, so that an expectation in it names its test.
    package static func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await Task(executorPreference: ThreadForEach()) { try body() }.value
    }

    /// Gives each piece of work a thread of its own.
    private final class ThreadForEach: TaskExecutor {
        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            _ = OwnThread { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }

    private final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
