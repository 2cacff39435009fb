internal import Reactor
import Testing

@Suite("Timer wheel")
struct TimerWheelTests {
    static let starts: [UInt64] = [0, 1, 63, 64, 4095, 1_795_500_000_000, (1 << 48) - 1, 1 << 63]
    static let year: UInt64 = 365 * 86_400_000

    @Test(
        "a timer fires at its deadline and not a tick earlier",
        arguments: Self.starts,
        [1, 2, 63, 64, 65, 4095, 4096, 262_143, 262_144, 3_600_000, 86_400_000, Self.year, 80 * Self.year])
    func firesAtItsDeadline(start: UInt64, distance: UInt64) {
        var wheel = TimerWheel(now: tick(start))
        let token = wheel.insert(deadline: tick(start + distance))
        #expect(due(&wheel, start + distance - 1).isEmpty)
        #expect(wheel.count == 1)
        #expect(due(&wheel, start + distance) == [token])
        #expect(wheel.count == 0)
        #expect(wheel.nextDeadline == nil)
        #expect(due(&wheel, start + distance + Self.year).isEmpty)
    }

    @Test(
        "a timer fires though the wheel jumps far past it", arguments: Self.starts,
        [1, 64, 100_000, Self.year, 80 * Self.year])
    func firesAfterAJump(start: UInt64, distance: UInt64) {
        var wheel = TimerWheel(now: tick(start))
        let token = wheel.insert(deadline: tick(start + distance))
        #expect(due(&wheel, start + 3 * distance + 100 * Self.year) == [token])
    }

    @Test(
        "a deadline that has passed is due at the next advance, also to the same tick",
        arguments: [0, 1, 1000, 5000])
    func overdue(age: UInt64) {
        var wheel = TimerWheel(now: tick(5000))
        let token = wheel.insert(deadline: tick(5000 - age))
        #expect(wheel.nextDeadline == tick(5000))
        #expect(due(&wheel, 5000) == [token])
        #expect(wheel.nextDeadline == nil)
    }

    @Test("an advance into the past brings what is overdue and moves nothing")
    func advanceIntoThePast() {
        var wheel = TimerWheel(now: tick(5000))
        let overdue = wheel.insert(deadline: tick(4000))
        let later = wheel.insert(deadline: tick(5001))
        #expect(due(&wheel, 10) == [overdue])
        #expect(wheel.currentTick == tick(5000))
        #expect(due(&wheel, 5001) == [later])
    }

    @Test("earlier ticks come before later ones in one advance")
    func order() {
        var wheel = TimerWheel(now: tick(77))
        let distances: [UInt64] = [300_000, 2, 70, 5000, 1, 64, 4096, 86_400_000, 63]
        let byDistance = Dictionary(
            uniqueKeysWithValues: distances.map { (wheel.insert(deadline: tick(77 + $0)), $0) })
        let fired = due(&wheel, 77 + Self.year).compactMap { byDistance[$0] }
        #expect(fired == distances.sorted())
    }

    @Test("no tick is too far: each digit's turn, and the last tick there is", arguments: starts)
    func farDeadlines(start: UInt64) {
        let powers: [UInt64] = (0..<64).map { 1 << $0 }
        let ticks: Set<UInt64> = Set(powers + powers.map { $0 - 1 } + [.max - 1, .max])
        let ahead = ticks.filter { $0 > start }.sorted()
        var wheel = TimerWheel(now: tick(start))
        let tokens = ahead.map { wheel.insert(deadline: tick($0)) }
        for (token, deadline) in zip(tokens, ahead) {
            #expect(wheel.nextDeadline == tick(deadline))
            #expect(due(&wheel, deadline - 1).isEmpty)
            #expect(due(&wheel, deadline) == [token])
        }
        #expect(wheel.nextDeadline == nil)
    }

    @Test("at the end of time every deadline has passed")
    func theLastTick() {
        var wheel = TimerWheel(now: tick(0))
        #expect(due(&wheel, .max).isEmpty)
        let token = wheel.insert(deadline: tick(.max))
        #expect(wheel.nextDeadline == tick(.max))
        #expect(due(&wheel, .max) == [token])
    }

    @Test("the deadline of a removed timer wakes its owner once, not at each level below it")
    func wakesOnceAfterARemoval() {
        var wheel = TimerWheel(now: tick(64))
        let removed = wheel.insert(deadline: tick(64 + Self.year))
        let kept = wheel.insert(deadline: tick(64 + Self.year + 1_000_000))
        wheel.remove(removed)
        #expect(wheel.nextDeadline == tick(64 + Self.year))
        #expect(due(&wheel, 64 + Self.year).isEmpty)
        #expect(wheel.nextDeadline == tick(64 + Self.year + 1_000_000))
        wheel.remove(kept)
        #expect(wheel.nextDeadline == nil)
    }

    @Test("a slot that was emptied keeps nothing of the timers it had")
    func emptiedSlot() {
        var wheel = TimerWheel(now: tick(64))
        wheel.remove(wheel.insert(deadline: tick(64 + Self.year)))
        _ = wheel.insert(deadline: tick(64 + Self.year + 1000))
        #expect(wheel.nextDeadline == tick(64 + Self.year + 1000))
    }

    @Test("a timer that was removed does not fire, and its token is stale")
    func removal() {
        var wheel = TimerWheel(now: tick(100))
        let kept = wheel.insert(deadline: tick(200))
        let removed = wheel.insert(deadline: tick(200))
        #expect(remove(removed, &wheel))
        #expect(!remove(removed, &wheel))
        #expect(due(&wheel, 300) == [kept])
        #expect(!remove(kept, &wheel))
        #expect(wheel.count == 0)
    }

    @Test(
        "first, middle, last or all of a slot's timers can be removed",
        arguments: [[0], [1], [2], [0, 2], [2, 1, 0]])
    func removalInASlot(indices: [Int]) {
        for distance: UInt64 in [0, 5, 100, 1_000_000, Self.year, 1 << 50] {
            var wheel = TimerWheel(now: tick(64))
            var tokens = (0..<3).map { _ in wheel.insert(deadline: tick(64 + distance)) }
            for index in indices { #expect(remove(tokens[index], &wheel)) }
            for index in indices.sorted(by: >) { tokens.remove(at: index) }
            #expect(due(&wheel, 64 + distance) == tokens)
            #expect(wheel.nextDeadline == nil)
        }
    }

    @Test("an index is used again, and the token that had it before stays stale")
    func reuse() {
        var wheel = TimerWheel(now: tick(0))
        let first = wheel.insert(deadline: tick(10))
        #expect(remove(first, &wheel))
        let second = wheel.insert(deadline: tick(10))
        #expect(second.index == first.index)
        #expect(second != first)
        #expect(!remove(first, &wheel))
        #expect(due(&wheel, 10) == [second])
        let third = wheel.insert(deadline: tick(20))
        #expect(third.index == first.index)
        #expect(!remove(second, &wheel))
        #expect(due(&wheel, 20) == [third])
    }

    @Test("indices stay below the highest number of timers there ever was")
    func indicesStaySmall() {
        var wheel = TimerWheel(now: tick(0))
        for round: UInt64 in 1...50 {
            let tokens = (0..<100).map { wheel.insert(deadline: tick(round * 1000 + $0)) }
            #expect(tokens.allSatisfy { $0.index < 100 })
            if round.isMultiple(of: 2) {
                for token in tokens { #expect(remove(token, &wheel)) }
            } else {
                #expect(Set(due(&wheel, round * 1000 + 999)) == Set(tokens))
            }
        }
    }

    @Test("a token of no timer at all is stale")
    func foreignToken() {
        var other = TimerWheel(now: tick(0))
        let foreign = (0..<10).map { other.insert(deadline: tick($0)) }
        var wheel = TimerWheel(now: tick(0))
        for token in foreign { #expect(!remove(token, &wheel)) }
    }

    @Test(
        "after the clock was set back a timer waits for its deadline anew",
        arguments: [1, 64, 3_600_000, Self.year])
    func rewind(back: UInt64) {
        let start = 2 * Self.year
        var wheel = TimerWheel(now: tick(start))
        let near = wheel.insert(deadline: tick(start + 10))
        let overdue = wheel.insert(deadline: tick(start))
        let never = wheel.insert(deadline: tick(1 << 60))
        wheel.rewind(to: tick(start - back))
        #expect(wheel.currentTick == tick(start - back))
        #expect(wheel.count == 3)
        #expect(due(&wheel, start - 1).isEmpty)
        #expect(due(&wheel, start) == [overdue])
        #expect(due(&wheel, start + 9).isEmpty)
        #expect(due(&wheel, start + 10) == [near])
        #expect(remove(never, &wheel))
    }

    @Test("a rewind into the future does nothing")
    func rewindForward() {
        var wheel = TimerWheel(now: tick(100))
        let token = wheel.insert(deadline: tick(150))
        wheel.rewind(to: tick(200))
        #expect(wheel.currentTick == tick(100))
        #expect(due(&wheel, 150) == [token])
    }

    @Test("ten thousand timers of one tick fire together")
    func oneTick() {
        var wheel = TimerWheel(now: tick(1))
        let tokens = (0..<10_000).map { _ in wheel.insert(deadline: tick(999_999)) }
        #expect(due(&wheel, 999_998).isEmpty)
        #expect(Set(due(&wheel, 999_999)) == Set(tokens))
        #expect(wheel.count == 0)
    }
}

func tick(_ milliseconds: UInt64) -> Tick { Tick(milliseconds: milliseconds) }

/// What an advance brings.
func due(_ wheel: inout TimerWheel, _ milliseconds: UInt64) -> [TimerToken] {
    var due: [TimerToken] = []
    wheel.advance(to: tick(milliseconds), into: &due)
    return due
}

/// Whether the wheel had a timer of this token to take off.
func remove(_ token: TimerToken, _ wheel: inout TimerWheel) -> Bool { wheel.remove(token) }
