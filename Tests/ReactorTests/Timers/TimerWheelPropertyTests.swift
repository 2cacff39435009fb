internal import Reactor
internal import TestKit
import Testing

@Suite("Timer wheel against a sorted list")
struct TimerWheelPropertyTests {
    @Test(
        "whatever is done to it, it brings what the list brings: never early, never lost, never twice",
        arguments: SeededGenerator.seeds)
    func agreesWithTheList(seed: UInt64) throws {
        var run = WheelRun(seed: seed)
        for step in 0..<3000 {
            if let fault = run.step() { try #require(Bool(false), "step \(step): \(fault)") }
        }
        if let fault = run.finish() { try #require(Bool(false), "at the end: \(fault)") }
    }

    @Test(
        "without removals the next deadline is the earliest, and arming by it brings each timer in one advance",
        arguments: SeededGenerator.seeds)
    func nextDeadlineIsExact(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let start = generator.magnitude(bits: 62)
            var wheel = TimerWheel(now: tick(start))
            let deadlines = (0..<Int.random(in: 1...20, using: &generator)).map { _ in
                start + 1 + generator.magnitude(bits: 62)
            }
            for deadline in deadlines { _ = wheel.insert(deadline: tick(deadline)) }
            for deadline in Set(deadlines).sorted() {
                #expect(wheel.nextDeadline == tick(deadline))
                #expect(due(&wheel, deadline).count == deadlines.count { $0 == deadline })
            }
            #expect(wheel.nextDeadline == nil)
        }
    }
}

/// A random walk of a wheel and of the list that it must agree with.
private struct WheelRun {
    private var generator: SeededGenerator
    private var wheel: TimerWheel
    private var oracle: WheelOracle
    private var stale: [TimerToken] = []

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
        let start = generator.magnitude(bits: 62)
        wheel = TimerWheel(now: tick(start))
        oracle = WheelOracle(now: start)
    }

    /// Does one thing to both; says what differs, if something does.
    mutating func step() -> String? {
        switch UInt64.random(in: 0..<100, using: &generator) {
        case 0..<45: insert()
        case 45..<70: if let fault = removeOne() { return fault }
        case 70..<75:
            if let token = stale.randomElement(using: &generator), wheel.remove(token) {
                return "stale \(token)"
            }
        case 75..<97: if let fault = advance(to: oracle.now + generator.magnitude(bits: 36)) { return fault }
        case 97: if let fault = advance(to: oracle.now &- generator.magnitude(bits: 20)) { return fault }
        default:
            let back = oracle.now - min(oracle.now, generator.magnitude(bits: 36))
            wheel.rewind(to: tick(back))
            oracle.rewind(to: back)
        }
        return difference()
    }

    /// Lets all that is left come.
    mutating func finish() -> String? {
        if let fault = advance(to: .max) { return fault }
        return difference() ?? (wheel.count == 0 ? nil : "\(wheel.count) timers too many")
    }

    private mutating func insert() {
        let distance = generator.magnitude(bits: 62)
        let isPast = Int.random(in: 0..<10, using: &generator) == 0
        let deadline = isPast ? oracle.now - min(oracle.now, distance) : oracle.now + distance
        oracle.insert(wheel.insert(deadline: tick(deadline)), due: deadline)
    }

    private mutating func removeOne() -> String? {
        guard let index = oracle.entries.indices.randomElement(using: &generator) else { return nil }
        let token = oracle.remove(at: index)
        stale.append(token)
        return wheel.remove(token) ? nil : "\(token) could not be removed"
    }

    private mutating func advance(to target: UInt64) -> String? {
        let fired = due(&wheel, target)
        let expected = oracle.advance(to: target)
        stale.append(contentsOf: fired)
        if fired.count != expected.count || Set(fired) != Set(expected.keys) {
            return "fired \(fired), not \(expected), at \(target)"
        }
        let ticks = fired.compactMap { expected[$0] }
        return ticks == ticks.sorted() ? nil : "fired out of order at \(target): \(ticks)"
    }

    private func difference() -> String? {
        if wheel.count != oracle.entries.count { return "\(wheel.count) timers, not \(oracle.entries.count)" }
        if wheel.currentTick != tick(oracle.now) { return "at \(wheel.currentTick), not \(oracle.now)" }
        switch (wheel.nextDeadline, oracle.earliest) {
        case (nil, nil): return nil
        case (let next?, let earliest?) where next >= tick(oracle.now) && next <= tick(earliest): return nil
        case (let next, let earliest):
            return "next is \(String(describing: next)), not \(String(describing: earliest))"
        }
    }
}
