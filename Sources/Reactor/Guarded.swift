/// A value behind a `Lock`: the one way to share something that changes without a promise of one's own to the compiler.
package final class Guarded<Value: Sendable>: @unchecked Sendable {
    // SAFETY: `value` is read and written with the lock held only, and it can be sent to any thread.
    private let lock = Lock()
    private var value: Value

    /// Puts a value behind a lock of its own.
    package init(_ value: Value) { self.value = value }

    /// Runs `body` on the value while no other thread does.
    package func withLock<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try lock.withLock { () throws(Failure) in try body(&value) }
    }
}
