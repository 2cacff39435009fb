/// An instant on the wall clock, to the nanosecond, in UTC: seconds since 1970 (negative before) and nanoseconds.
///
/// Covers more than the years 1 to 9999 that a job may name. Leap seconds do not exist, as in POSIX.
public struct WallTime: Comparable, Hashable, Sendable {
    /// Whole seconds since 1970-01-01T00:00:00Z; negative before it.
    public let seconds: Int64
    /// Nanoseconds past `seconds`, 0 to 999,999,999.
    public let nanoseconds: UInt32

    /// An instant from its parts; surplus nanoseconds are a programmer's error.
    public init(seconds: Int64, nanoseconds: UInt32 = 0) {
        precondition(nanoseconds < 1_000_000_000, "nanoseconds past the second must be below 1,000,000,000")
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// An instant from milliseconds since 1970.
    public init(millisecondsSinceEpoch milliseconds: Int64) {
        let (seconds, rest) = milliseconds.flooredQuotientAndRemainder(1000)
        self.init(seconds: seconds, nanoseconds: UInt32(rest) * 1_000_000)
    }

    /// Milliseconds since 1970, rounded down; the nearest `Int64` at the far ends of time.
    public var millisecondsSinceEpoch: Int64 {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        if overflow { return seconds < 0 ? .min : .max }
        return product + Int64(nanoseconds / 1_000_000)
    }

    /// Earlier comes first.
    public static func < (left: WallTime, right: WallTime) -> Bool {
        left.seconds != right.seconds ? left.seconds < right.seconds : left.nanoseconds < right.nanoseconds
    }

    /// The time that passed from `start` to `end`; negative when `end` is earlier.
    public static func - (end: WallTime, start: WallTime) -> Duration {
        .seconds(end.seconds - start.seconds)
            + .nanoseconds(Int64(end.nanoseconds) - Int64(start.nanoseconds))
    }

    /// The instant that lies `duration` later, or earlier for a negative one; clamped to what the type holds.
    public static func + (start: WallTime, duration: Duration) -> WallTime {
        let parts = duration.components
        var nanoseconds = Int64(start.nanoseconds) + parts.attoseconds / 1_000_000_000
        var carry: Int64 = 0
        if nanoseconds < 0 {
            nanoseconds += 1_000_000_000
            carry = -1
        } else if nanoseconds >= 1_000_000_000 {
            nanoseconds -= 1_000_000_000
            carry = 1
        }
        let (sum, first) = start.seconds.addingReportingOverflow(parts.seconds)
        let (total, second) = sum.addingReportingOverflow(carry)
        if first || second {
            return parts.seconds < 0
                ? WallTime(seconds: .min) : WallTime(seconds: .max, nanoseconds: 999_999_999)
        }
        return WallTime(seconds: total, nanoseconds: UInt32(nanoseconds))
    }

    /// The tick at or after this instant: what is due then must not fire before it.
    package var deadlineTick: Tick {
        if seconds < 0 { return Tick(milliseconds: 0) }
        let floor = UInt64(millisecondsSinceEpoch)
        return Tick(milliseconds: nanoseconds % 1_000_000 == 0 || floor == .max ? floor : floor + 1)
    }

    /// The tick at or before this instant: what the clock shows.
    package var currentTick: Tick { Tick(milliseconds: seconds < 0 ? 0 : UInt64(millisecondsSinceEpoch)) }
}

extension Int64 {
    /// Division that rounds towards negative infinity, so that times before 1970 split as those after it.
    fileprivate func flooredQuotientAndRemainder(_ divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
