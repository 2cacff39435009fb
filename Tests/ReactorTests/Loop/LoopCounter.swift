internal import Reactor

/// An actor whose executor is a loop's.
actor LoopCounter {
    private let executor: LoopExecutor
    private let ran = Guarded(false)
    private(set) var count = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// Whether anything has run on the actor yet; any thread may ask.
    nonisolated var hasRun: Bool { ran.withLock { $0 } }

    init(_ executor: LoopExecutor) { self.executor = executor }

    /// Counts, and says whether it does so on the loop's thread.
    @discardableResult
    func increment() -> Bool {
        ran.withLock { $0 = true }
        count += 1
        return executor.isOnLoop
    }
}
