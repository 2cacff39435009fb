internal import Glibc

/// The machine's own clocks.
package struct SystemClock: LoopClock {
    package init() {}

    package var wallNow: WallTime {
        let now = read(CLOCK_REALTIME)
        return WallTime(seconds: Int64(now.tv_sec), nanoseconds: UInt32(now.tv_nsec))
    }

    package var monotonicNow: Tick {
        let now = read(CLOCK_MONOTONIC)
        return Tick(milliseconds: UInt64(now.tv_sec) * 1000 + UInt64(now.tv_nsec) / 1_000_000)
    }

    private func read(_ clock: clockid_t) -> timespec {
        var now = timespec()
        let status = unsafe clock_gettime(clock, &now)
        precondition(status == 0, "Linux has had these clocks since 2.6")
        return now
    }
}
