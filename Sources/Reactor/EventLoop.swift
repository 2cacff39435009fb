/// One event loop: the isolation that everything on it shares.
///
/// # Doors
/// There are three ways in, and no others: `await` on this actor or on one that shares its executor, `LoopInbox` for
/// other threads, and the callback of a C handle, which is on the loop's thread already.
public actor EventLoop {
    package nonisolated let executor: LoopExecutor
    private nonisolated let stopDriver: @Sendable () -> Void

    /// The executor: the loop's own thread.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// A loop on libuv, on a thread of its own that starts at once.
    ///
    /// - Throws: `ReactorError` when the system has no descriptors or threads left.
    public init() throws {
        let driver = try LibuvDriver()
        let executor = LoopExecutor(driver: driver)
        self.executor = executor
        self.stopDriver = { driver.stop() }
        driver.start(executor)
    }

    /// A loop on a driver that the caller turns.
    package init(driver: any LoopDriver) {
        self.executor = LoopExecutor(driver: driver)
        self.stopDriver = {}
    }

    /// Ends the loop's thread and returns when it has ended.
    ///
    /// Every socket and timer on it must have been closed; not on the loop itself.
    public nonisolated func shutdown() {
        precondition(!executor.isOnLoop, "a loop cannot wait for its own end: ask from another thread")
        stopDriver()
    }
}
