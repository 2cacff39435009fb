package import Glibc

/// The moment by which something must have happened, on the monotonic clock.
///
/// A net under a test, never a measurement: what is waited for announces itself, and a deadline that passes means
/// that it never will.
package struct Deadline: Sendable {
    private let nanoseconds: Int64

    /// So long from now.
    package static func seconds(_ seconds: Int) -> Deadline {
        Deadline(nanoseconds: nanosecondsNow() + Int64(seconds) * 1_000_000_000)
    }

    /// So long from now.
    package static func milliseconds(_ milliseconds: Int) -> Deadline {
        Deadline(nanoseconds: nanosecondsNow() + Int64(milliseconds) * 1_000_000)
    }

    package var hasPassed: Bool { Deadline.nanosecondsNow() >= nanoseconds }

    /// What is left, rounded up, as `poll` wants it; zero once the deadline has passed.
    package var remainingMilliseconds: Int32 {
        let left = (nanoseconds - Deadline.nanosecondsNow() + 999_999) / 1_000_000
        return Int32(clamping: max(0, left))
    }

    /// As `pthread_cond_timedwait` wants it, on the monotonic clock.
    package var time: timespec {
        timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
    }

    private static func nanosecondsNow() -> Int64 {
        var now = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
    }
}
