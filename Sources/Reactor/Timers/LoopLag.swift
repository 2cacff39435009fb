/// How late a loop's timers were of late: the worst of the last ten to twenty seconds.
///
/// Taken when a timer fires anyway, so that an idle loop is never woken for it. A pure value of two windows: the worst of
/// the one that fills, and that of the one before.
package struct LoopLag: Sendable {
    /// How long one window is, in milliseconds.
    package static let windowMilliseconds: UInt64 = 10_000

    private var windowEnd = Tick(milliseconds: 0)
    private var current: UInt64 = 0
    private var previous: UInt64 = 0

    package init() {}

    /// Notes that a timer fired so many milliseconds after its deadline.
    package mutating func note(milliseconds: UInt64, at now: Tick) {
        turn(at: now)
        current = max(current, milliseconds)
    }

    /// The worst that was noted lately, in milliseconds.
    package func worst(at now: Tick) -> UInt64 {
        var lag = self
        lag.turn(at: now)
        return max(lag.current, lag.previous)
    }

    private mutating func turn(at now: Tick) {
        guard now >= windowEnd else { return }
        let isNext = now < windowEnd.advanced(byMilliseconds: Self.windowMilliseconds)
        previous = isNext ? current : 0
        current = 0
        windowEnd = now.advanced(byMilliseconds: Self.windowMilliseconds)
    }
}
