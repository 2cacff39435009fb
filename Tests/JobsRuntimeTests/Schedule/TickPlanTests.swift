import JobsRuntime
import Reactor
import Testing

@Suite("tick plan")
struct TickPlanTests {
    private static let now = WallTime(seconds: 1_000_000, nanoseconds: 250_000_000)

    /// The contract's table in 4.5, in seconds from acceptance; at most five ticks are looked at.
    @Test(
        "ticks of every combination",
        arguments: [
            (nil, "0s", nil, [0]),
            (nil, "30s", nil, [30]),
            (nil, "30s", 1, [30]),
            ("@every 5s", nil, nil, [5, 10, 15, 20, 25]),
            ("@every 1s", nil, 2, [1, 2]),
            ("@every 1m", "0s", nil, [0, 60, 120, 180, 240]),
            ("@every 1s", "1s", 3, [1, 2, 3]),
            ("@every 5s", "2s", nil, [2, 7, 12, 17, 22]),
            ("@every 5s", "2s", 1, [2]),
            ("@every 5s", "-12s", nil, [-12, -7, -2, 3, 8]),
            (nil, "-1h", nil, [-3600]),
        ] as [(String?, String?, UInt32?, [Int64])])
    func combinations(schedule: String?, dueTime: String?, repeats: UInt32?, ticks: [Int64]) throws {
        let plan = try TickPlan(
            .init(schedule: schedule, dueTime: dueTime, repeats: repeats), acceptedAt: Self.now)
        var found: [WallTime] = []
        var next: WallTime? = plan.firstDue
        while let tick = next, found.count < 5 {
            found.append(tick)
            next = plan.next(after: tick, spent: UInt32(found.count))
        }
        #expect(found == ticks.map { Self.now + .seconds($0) })
    }

    @Test("an instant as due time is kept to the nanosecond, and the schedule follows it")
    func fromAnInstant() throws {
        let request = TickPlan.Request(schedule: "@every 1ms", dueTime: "1969-12-31T23:59:59.9995Z")
        let plan = try TickPlan(request, acceptedAt: Self.now)
        #expect(plan.firstDue == WallTime(seconds: -1, nanoseconds: 999_500_000))
        #expect(plan.next(after: plan.firstDue, spent: 1) == WallTime(seconds: 0, nanoseconds: 500_000))
    }

    @Test("a long schedule does not drift")
    func noDrift() throws {
        let plan = try TickPlan(
            .init(schedule: "@every 1.000000001s", dueTime: "0s"), acceptedAt: WallTime(seconds: 0))
        var tick = plan.firstDue
        for spent in 1...UInt32(100_000) { tick = try #require(plan.next(after: tick, spent: spent)) }
        #expect(tick == WallTime(seconds: 100_000, nanoseconds: 100_000))
    }

    @Test(
        "faults come in the contract's order",
        arguments: [
            (.init(schedule: nil, dueTime: "x", repeats: 2), "job must have a schedule to repeat"),
            (.init(schedule: nil, dueTime: "x", repeats: 0), "defined repeats must be greater than 0"),
            (.init(schedule: "x", dueTime: "x", repeats: 0), "defined repeats must be greater than 0"),
            (.init(schedule: nil, dueTime: "x", ttl: "x"), "job must have a schedule to have a ttl"),
            (
                .init(schedule: nil, dueTime: "x", repeats: 2, ttl: "x"),
                "job must have a schedule to repeat"
            ),
            (.init(schedule: "", dueTime: ""), "empty spec string"),
            (.init(schedule: "@every 1s", dueTime: ""), "due time format not recognized"),
            (.init(schedule: "@every 1s", dueTime: "x", ttl: "x"), "due time format not recognized"),
        ] as [(TickPlan.Request, String)])
    func order(request: TickPlan.Request, message: String) {
        #expect(throws: GrammarFault.invalid(message)) { try TickPlan(request, acceptedAt: Self.now) }
    }

    @Test("repeats up to the largest number count on")
    func manyRepeats() throws {
        let plan = try TickPlan(
            .init(schedule: "@every 1s", dueTime: nil, repeats: .max), acceptedAt: Self.now)
        #expect(plan.next(after: Self.now, spent: .max - 1) != nil)
        #expect(plan.next(after: Self.now, spent: .max) == nil)
    }
}
