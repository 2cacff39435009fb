/// A millisecond on one of the loop's two clocks: since 1970 on the wall clock, since boot on the monotonic one.
///
/// A deadline is rounded *up* to its tick and the present *down*, so that nothing fires early.
package struct Tick: Comparable, Hashable, Sendable {
    package var milliseconds: UInt64

    package init(milliseconds: UInt64) { self.milliseconds = milliseconds }

    package static func < (left: Tick, right: Tick) -> Bool { left.milliseconds < right.milliseconds }

    /// The tick that lies `milliseconds` later; the last tick there is, if that is past the end of time.
    package func advanced(byMilliseconds milliseconds: UInt64) -> Tick {
        let (sum, overflow) = self.milliseconds.addingReportingOverflow(milliseconds)
        return Tick(milliseconds: overflow ? .max : sum)
    }
}
