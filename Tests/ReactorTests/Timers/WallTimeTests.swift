internal import Reactor
import Testing

@Suite("Wall time and ticks")
struct WallTimeTests {
    @Test(
        "a deadline is rounded up to its tick, and the present down",
        arguments: [
            (0, 0, 0, 0), (1, 0, 1000, 1000), (1, 1, 1001, 1000), (1, 999_999, 1001, 1000),
            (1, 1_000_000, 1001, 1001), (1, 999_999_999, 2000, 1999), (-1, 999_999_999, 0, 0),
        ] as [(Int64, UInt32, UInt64, UInt64)])
    func rounding(seconds: Int64, nanoseconds: UInt32, deadline: UInt64, current: UInt64) {
        let time = WallTime(seconds: seconds, nanoseconds: nanoseconds)
        #expect(time.deadlineTick == tick(deadline))
        #expect(time.currentTick == tick(current))
    }

    @Test(
        "milliseconds before 1970 round down",
        arguments: [(-1, -1, 999), (-1000, -1, 0), (-1001, -2, 999), (1999, 1, 999)])
    func negative(milliseconds: Int64, seconds: Int64, rest: UInt32) {
        let time = WallTime(millisecondsSinceEpoch: milliseconds)
        #expect(time == WallTime(seconds: seconds, nanoseconds: rest * 1_000_000))
        #expect(time.millisecondsSinceEpoch == milliseconds)
    }

    @Test("the ends of time are clamped, never wrapped")
    func clamping() {
        #expect((WallTime(seconds: .max) + .seconds(10)).seconds == .max)
        #expect((WallTime(seconds: .min) + .seconds(-10)).seconds == .min)
        #expect(WallTime(seconds: .max).millisecondsSinceEpoch == .max)
        #expect(tick(.max - 1).advanced(byMilliseconds: 5) == tick(.max))
    }

    @Test(
        "sum and difference carry nanoseconds",
        arguments: [-1_500_000_001, -1, 0, 1, 999_999_999, 1_500_000_001])
    func sums(nanoseconds: Int64) {
        let start = WallTime(seconds: 5, nanoseconds: 500_000_000)
        #expect((start + .nanoseconds(nanoseconds)) - start == .nanoseconds(nanoseconds))
    }
}
