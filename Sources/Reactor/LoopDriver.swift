/// What turns an event loop: libuv on a thread of its own, or a virtual one on the thread of a test.
///
/// It sleeps, wakes, tells the time and lends threads; everything above it runs unchanged on either.
package protocol LoopDriver: AnyObject, Sendable {
    /// The clocks that deadlines are measured by.
    var clock: any LoopClock { get }

    /// libuv's loop, for sockets and signals; `nil` for a driver that has none.
    var sockets: UVLoop? { get }

    /// Names who is called each turn, and who when what was slept for is due. Called once, before the first turn.
    func attach(_ turns: any LoopTurns, _ alarm: any LoopAlarm)

    /// Makes the loop turn soon. Any thread; several calls may become one turn.
    func wake()

    /// Makes the loop turn in `milliseconds` at the latest, or not for a timer's sake when `nil`. On the loop only.
    func sleep(forMilliseconds milliseconds: UInt64?)

    /// Lends a thread that runs `step` once or more after each `signal`, never twice at a time.
    func makeWorker(named name: String, step: @escaping @Sendable () -> Void) -> any LoopWorker
}

/// Whom a driver calls when the loop's time has come, on the loop's thread.
package protocol LoopAlarm: AnyObject {
    /// The time that was slept for is over.
    func timerDue()

    /// The wall clock was set: every deadline on it lies at another distance now.
    func wallClockStepped()
}

/// Whom a driver calls each turn, on the loop's thread.
package protocol LoopTurns: AnyObject {
    /// A turn is over, or the loop is about to sleep: what was enqueued runs now.
    func endTurn()
}

/// A thread that waits for work away from the loop.
package protocol LoopWorker: AnyObject, Sendable {
    /// Runs the worker's step soon. Any thread; several signals may become one step.
    func signal()

    /// Runs what was signalled, then ends the thread and returns when it has ended. Not on the worker itself.
    func stop()
}

/// The two clocks of a loop.
package protocol LoopClock: Sendable {
    /// The wall clock, which people and the network set.
    var wallNow: WallTime { get }

    /// Milliseconds since some fixed instant in the past; never goes back.
    var monotonicNow: Tick { get }
}
