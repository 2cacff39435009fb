/// A clock that stands still until it is moved: years pass in milliseconds.
package final class VirtualClock: LoopClock, @unchecked Sendable {
    // SAFETY: the state is touched with the lock held only.
    private let lock = Lock()
    private var wall: WallTime
    private var monotonic = Tick(milliseconds: 1_000_000)

    /// A clock that shows `wall`.
    package init(wall: WallTime) { self.wall = wall }

    package var wallNow: WallTime { lock.withLock { wall } }

    package var monotonicNow: Tick { lock.withLock { monotonic } }

    /// Lets time pass: both clocks move.
    package func pass(milliseconds: UInt64) {
        lock.withLock {
            monotonic = monotonic.advanced(byMilliseconds: milliseconds)
            wall = wall + .milliseconds(Int64(milliseconds))
        }
    }

    /// Sets the wall clock, as a person or the network does; the monotonic one does not notice.
    package func setWall(_ time: WallTime) { lock.withLock { wall = time } }
}
