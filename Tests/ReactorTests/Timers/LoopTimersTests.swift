internal import Reactor
import Testing

@Suite("Loop timers")
struct LoopTimersTests {
    let harness = LoopHarness()

    @Test(
        "a timer fires at its deadline on either clock, and once",
        arguments: [LoopTimers.Kind.wall, .monotonic])
    func firesOnce(kind: LoopTimers.Kind) {
        harness.driver.onLoop { _ = harness.insert(kind, in: 100, noting: "fired") }
        harness.driver.advance(milliseconds: 99)
        #expect(harness.log.isEmpty)
        harness.driver.advance(milliseconds: 1)
        #expect(harness.log == ["fired"])
        harness.driver.advance(milliseconds: 100_000_000)
        #expect(harness.log == ["fired"])
    }

    @Test("timers of both clocks fire by deadline, and the wall's first where both are due")
    func order() {
        harness.driver.onLoop {
            harness.insert(.monotonic, in: 30, noting: "monotonic 30")
            harness.insert(.wall, in: 20, noting: "wall 20")
            harness.insert(.monotonic, in: 10, noting: "monotonic 10")
            harness.insert(.wall, in: 10, noting: "wall 10")
            harness.insert(.wall, in: 86_400_000, noting: "wall, tomorrow")
        }
        harness.driver.advance(milliseconds: 86_400_000)
        #expect(harness.log == ["wall 10", "monotonic 10", "wall 20", "monotonic 30", "wall, tomorrow"])
    }

    @Test("the clocks stop at each deadline on the way")
    func stopsAtEachDeadline() {
        let start = harness.timers.monotonicNow.milliseconds
        for distance: Int64 in [7, 70, 7000, 700_000] {
            harness.driver.onLoop {
                _ = harness.insert(.monotonic, in: distance) { [unowned harness] in
                    harness.note("\(harness.timers.monotonicNow.milliseconds - start)")
                }
            }
        }
        harness.driver.advance(milliseconds: 1_000_000)
        #expect(harness.log == ["7", "70", "7000", "700000"])
    }

    @Test("a timer that was removed does not fire, and a stale token removes nothing")
    func removal() {
        harness.driver.onLoop {
            let first = harness.insert(.wall, in: 10, noting: "removed")
            harness.timers.remove(.wall, first)
            harness.insert(.wall, in: 10, noting: "its successor")
            harness.timers.remove(.wall, first)
        }
        harness.driver.advance(milliseconds: 20)
        #expect(harness.log == ["its successor"])
    }

    @Test("a target that removes another due timer in the same turn keeps it from firing")
    func removalWhileFiring() {
        harness.driver.onLoop {
            var other: TimerToken?
            harness.insert(.wall, in: 10) { [unowned harness] in
                harness.note("first")
                if let other { harness.timers.remove(.wall, other) }
            }
            other = harness.insert(.wall, in: 10, noting: "other")
            harness.insert(.wall, in: 10, noting: "last")
        }
        harness.driver.advance(milliseconds: 10)
        #expect(harness.log == ["first", "last"])
    }

    @Test(
        "a stale token of one clock, removed while timers fire, spares the other clock's timer of that name")
    func tokensOfTwoClocks() {
        harness.driver.onLoop {
            var own: TimerToken?
            own = harness.insert(.wall, in: 10) { [unowned harness] in
                harness.note("wall")
                if let own { harness.timers.remove(.wall, own) }
            }
            let monotonic = harness.insert(.monotonic, in: 10, noting: "monotonic")
            #expect(monotonic == own)
        }
        harness.driver.advance(milliseconds: 10)
        #expect(harness.log == ["wall", "monotonic"])
    }

    @Test(
        "a timer inserted while timers fire waits for the next turn, even if it is due",
        arguments: [-5, 0] as [Int64])
    func insertionWhileFiring(distance: Int64) {
        harness.driver.onLoop {
            harness.insert(.monotonic, in: 10) { [unowned harness] in
                harness.insert(.monotonic, in: distance, noting: "inserted")
                harness.executor.post { [unowned harness] in harness.note("end of the turn") }
            }
            harness.insert(.monotonic, in: 10, noting: "due with it")
        }
        harness.driver.advance(milliseconds: 10)
        #expect(harness.log == ["due with it", "end of the turn", "inserted"])
    }

    @Test("a timer that inserts itself anew ticks without drift")
    func repeats() {
        let start = harness.timers.monotonicNow.milliseconds
        func again() {
            harness.insert(.monotonic, in: 1000) { [unowned harness] in
                harness.note("\(harness.timers.monotonicNow.milliseconds - start)")
                again()
            }
        }
        harness.driver.onLoop { again() }
        harness.driver.advance(milliseconds: 5500)
        #expect(harness.log == ["1000", "2000", "3000", "4000", "5000"])
    }

    @Test("a step forward brings the wall's timers at once, and the monotonic ones not a tick earlier")
    func stepForward() {
        harness.driver.onLoop {
            harness.insert(.wall, in: 3_600_000, noting: "wall")
            harness.insert(.monotonic, in: 3_600_000, noting: "monotonic")
        }
        harness.driver.stepWallClock(to: LoopHarness.start + .seconds(3600))
        #expect(harness.log == ["wall"])
        harness.driver.advance(milliseconds: 3_599_999)
        #expect(harness.log == ["wall"])
        harness.driver.advance(milliseconds: 1)
        #expect(harness.log == ["wall", "monotonic"])
    }

    @Test("a step back makes the wall's timers wait longer, and leaves the monotonic ones alone")
    func stepBack() {
        harness.driver.advance(milliseconds: 5000)
        harness.driver.onLoop {
            harness.insert(.wall, in: 1000, noting: "wall")
            harness.insert(.monotonic, in: 1000, noting: "monotonic")
        }
        harness.driver.stepWallClock(to: LoopHarness.start + .seconds(-3600))
        harness.driver.advance(milliseconds: 1000)
        #expect(harness.log == ["monotonic"])
        harness.driver.advance(milliseconds: 3_600_000 + 4999)
        #expect(harness.log == ["monotonic"])
        harness.driver.advance(milliseconds: 1)
        #expect(harness.log == ["monotonic", "wall"])
    }

    @Test("a timer inserted after a step back counts from the new time")
    func insertionAfterAStepBack() {
        harness.driver.advance(milliseconds: 7_200_000)
        harness.driver.stepWallClock(to: LoopHarness.start)
        harness.driver.onLoop { _ = harness.insert(.wall, in: 60_000, noting: "wall") }
        harness.driver.advance(milliseconds: 59_999)
        #expect(harness.log.isEmpty)
        harness.driver.advance(milliseconds: 1)
        #expect(harness.log == ["wall"])
    }

    @Test("a deadline at the end of time does not come in four hundred years")
    func endOfTime() {
        harness.driver.onLoop {
            _ = harness.timers.insert(
                .wall, at: Tick(milliseconds: .max), for: CallingTarget { Issue.record("fired") })
        }
        harness.driver.advance(milliseconds: 400 * 365 * 86_400_000)
    }
}

@Suite("Arming the driver")
struct LoopTimersArmingTests {
    let driver = RecordingDriver()
    let target = CallingTarget {}

    @Test("an idle loop asks its driver for nothing, turn after turn")
    func idle() {
        let timers = LoopTimers(driver: driver)
        for _ in 0..<100 { timers.arm() }
        #expect(driver.sleeps.isEmpty)
        _ = timers.insert(.monotonic, at: timers.monotonicNow.advanced(byMilliseconds: 5), for: target)
        for _ in 0..<100 { timers.arm() }
        #expect(driver.sleeps == [5])
    }

    @Test("a later timer does not arm again, an earlier one does")
    func earlierOnly() {
        let timers = LoopTimers(driver: driver)
        let now = timers.monotonicNow
        for distance: UInt64 in [20, 25, 30, 10, 15] {
            _ = timers.insert(.monotonic, at: now.advanced(byMilliseconds: distance), for: target)
            timers.arm()
        }
        #expect(driver.sleeps == [20, 10])
    }

    @Test("after the last timer has fired nothing is armed")
    func afterTheLast() {
        let timers = LoopTimers(driver: driver)
        _ = timers.insert(.monotonic, at: timers.monotonicNow.advanced(byMilliseconds: 5), for: target)
        timers.arm()
        driver.virtualClock.pass(milliseconds: 5)
        timers.timerDue()
        for _ in 0..<100 { timers.arm() }
        #expect(driver.sleeps == [5])
    }

    @Test("a step of the clock that brings the last timer disarms the driver")
    func stepToTheLast() {
        let timers = LoopTimers(driver: driver)
        let now = timers.wallNow
        _ = timers.insert(.wall, at: now.currentTick.advanced(byMilliseconds: 5), for: target)
        timers.arm()
        driver.virtualClock.setWall(now + .seconds(60))
        timers.wallClockStepped()
        timers.arm()
        #expect(driver.sleeps == [5, nil])
    }

    @Test("a step of the clock arms for the new distance", arguments: [-60, 3])
    func step(seconds: Int64) {
        let timers = LoopTimers(driver: driver)
        let now = timers.wallNow
        let deadline = now.currentTick.advanced(byMilliseconds: 5000)
        _ = timers.insert(.wall, at: deadline, for: target)
        timers.arm()
        driver.virtualClock.setWall(now + .seconds(seconds))
        timers.wallClockStepped()
        timers.arm()
        let distance = UInt64(5000 - 1000 * seconds)
        #expect(driver.sleeps.last.flatMap { $0 }.map { $0 > 0 && $0 <= distance } == true)
        #expect(driver.sleeps.count == 2)
    }

    @Test("an overdue timer is armed for at once")
    func overdue() {
        let timers = LoopTimers(driver: driver)
        _ = timers.insert(.wall, at: Tick(milliseconds: 0), for: target)
        timers.arm()
        #expect(driver.sleeps == [0])
    }
}
