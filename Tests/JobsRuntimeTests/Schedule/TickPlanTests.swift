import JobsRuntime
import Reactor
import Testing

@Suite("tick plan")
struct TickPlanTests {
    private static let now = WallTime(seconds: 1_000_000, nanoseconds: 250_000_000)

    /// The contract's tables in 4.5, in seconds from acceptance; at most five ticks are looked at.
    @Test(
        "ticks of every combination",
        arguments: [
            (.init(schedule: nil, dueTime: "0s"), [0]),
            (.init(schedule: nil, dueTime: "30s"), [30]),
            (.init(schedule: nil, dueTime: "30s", repeats: 1), [30]),
            (.init(schedule: nil, dueTime: "-1h"), [-3600]),
            (.init(schedule: nil, dueTime: "PT1M"), [60]),
            (.init(schedule: "@every 5s", dueTime: nil), [5, 10, 15, 20, 25]),
            (.init(schedule: "@every 1s", dueTime: nil, ttl: "3s"), [1, 2, 3]),
            (.init(schedule: "@every 1s", dueTime: nil, ttl: "PT3S"), [1, 2, 3]),
            (.init(schedule: "@every 1s", dueTime: nil, ttl: "3999ms"), [1, 2, 3]),
            (.init(schedule: "@every 1s", dueTime: nil, ttl: "1970-01-12T13:46:43.25Z"), [1, 2, 3]),
            (.init(schedule: "@every 1s", dueTime: nil, ttl: "1970-01-12T13:46:43.249999999Z"), [1, 2]),
            (.init(schedule: "@every 1s", dueTime: nil, repeats: 2), [1, 2]),
            (.init(schedule: "@every 1s", dueTime: nil, repeats: 2, ttl: "1h"), [1, 2]),
            (.init(schedule: "@every 1m", dueTime: "0s"), [0, 60, 120, 180, 240]),
            (.init(schedule: "@every 1s", dueTime: "1s", repeats: 3), [1, 2, 3]),
            (.init(schedule: "@every 5s", dueTime: "2s"), [2, 7, 12, 17, 22]),
            (.init(schedule: "@every 5s", dueTime: "2s", repeats: 1), [2]),
            (.init(schedule: "@every 5s", dueTime: "2s", ttl: "10s"), [2, 7, 12]),
            (.init(schedule: "@every 5s", dueTime: "2s", ttl: "0s"), [2]),
            (.init(schedule: "@every 5s", dueTime: "-12s"), [-12, -7, -2, 3, 8]),
            (.init(schedule: "@every 5s", dueTime: "-12s", ttl: "10s"), [-12, -7, -2]),
        ] as [(TickPlan.Request, [Int64])])
    func combinations(request: TickPlan.Request, ticks: [Int64]) throws {
        #expect(try Self.ticks(request, acceptedAt: Self.now) == ticks.map { Self.now + .seconds($0) })
    }

    @Test(
        "@daily with repeats, dueTime and ttl: the due time, and a midnight only if it comes before the ttl")
    func daily() throws {
        let request = TickPlan.Request(schedule: "@daily", dueTime: "10s", repeats: 3, ttl: "11s")
        let noon = try #require(RFC3339.instant("2026-11-24T12:00:00Z"))
        #expect(try Self.ticks(request, acceptedAt: noon) == [noon + .seconds(10)])
        let evening = try #require(RFC3339.instant("2026-11-24T23:59:45Z"))
        let both = [evening + .seconds(10), evening + .seconds(15)]
        #expect(try Self.ticks(request, acceptedAt: evening) == both)
    }

    @Test("the first match of a cron schedule comes after the acceptance, and every match after the due time")
    func cron() throws {
        let now = try #require(RFC3339.instant("2026-11-24T12:00:00Z"))
        let alone = TickPlan.Request(schedule: "0 0 12 * * *", dueTime: nil, repeats: 2)
        #expect(
            try Self.ticks(alone, acceptedAt: now) == [now + .seconds(86_400), now + .seconds(2 * 86_400)])
        let due = TickPlan.Request(schedule: "0 0 12 * * *", dueTime: "1500ms", repeats: 2)
        #expect(try Self.ticks(due, acceptedAt: now) == [now + .milliseconds(1500), now + .seconds(86_400)])
    }

    /// The first five ticks at most.
    private static func ticks(_ request: TickPlan.Request, acceptedAt now: WallTime) throws -> [WallTime] {
        let plan = try TickPlan(request, acceptedAt: now)
        var found: [WallTime] = []
        var next: WallTime? = plan.firstDue
        while let tick = next, found.count < 5 {
            found.append(tick)
            next = plan.next(after: tick, spent: UInt64(found.count))
        }
        return found
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
        for spent in 1...UInt64(100_000) { tick = try #require(plan.next(after: tick, spent: spent)) }
        #expect(tick == WallTime(seconds: 100_000, nanoseconds: 100_000))
    }

    @Test(
        "faults come in the contract's order",
        arguments: [
            (.init(schedule: nil, dueTime: "x", repeats: 2), "job must have a schedule to repeat"),
            (.init(schedule: nil, dueTime: "x", repeats: 0), "defined repeats must be greater than 0"),
            (.init(schedule: "x", dueTime: "x", repeats: 0), "defined repeats must be greater than 0"),
            (
                .init(schedule: nil, dueTime: "x", repeats: 0, ttl: "x"),
                "defined repeats must be greater than 0"
            ),
            (.init(schedule: nil, dueTime: "x", ttl: "x"), "job must have a schedule to have a ttl"),
            (.init(schedule: "x", dueTime: "x", ttl: "x"), "expected exactly 6 fields, found 1: [x]"),
            (
                .init(schedule: nil, dueTime: "x", repeats: 2, ttl: "x"),
                "job must have a schedule to repeat"
            ),
            (.init(schedule: "", dueTime: ""), "empty spec string"),
            (.init(schedule: "@every 1s", dueTime: ""), "due time format not recognized"),
            (.init(schedule: "@every 1s", dueTime: "x", ttl: "x"), "due time format not recognized"),
            (
                .init(schedule: "@every 1s", dueTime: "R2/PT1S", ttl: "x"),
                "repeats not supported for due time"
            ),
            (.init(schedule: "@every 1s", dueTime: "1s", ttl: "x"), "ttl format not recognized"),
            (.init(schedule: "@every 1s", dueTime: nil, ttl: ""), "ttl format not recognized"),
            (.init(schedule: "@every 1s", dueTime: nil, ttl: "R2/PT1S"), "ttl format not recognized"),
            (.init(schedule: "@every 1s", dueTime: "1s", ttl: "-1ns"), "ttl must be greater than due time"),
            (
                .init(schedule: "@every 1s", dueTime: "2030-01-01T00:00:00Z", ttl: "2029-12-31T23:59:59Z"),
                "ttl must be greater than due time"
            ),
        ] as [(TickPlan.Request, String)])
    func order(request: TickPlan.Request, message: String) {
        #expect(throws: GrammarFault.invalid(message)) { try TickPlan(request, acceptedAt: Self.now) }
    }

    @Test(
        "what could never fire is refused, once all else is right",
        arguments: [
            (
                .init(schedule: "0 0 0 30 2 *", dueTime: "1s", ttl: "x"),
                "schedule never matches any time: 0 0 0 30 2 *"
            ),
            (.init(schedule: "@every 0s", dueTime: "1s"), "interval of @every 0s must be greater than 0"),
            (.init(schedule: "@every 1s", dueTime: nil, ttl: "-1s"), "ttl has passed already"),
            (
                .init(schedule: "@every 1s", dueTime: nil, ttl: "1970-01-01T00:00:00Z"),
                "ttl has passed already"
            ),
            (
                .init(schedule: "@every 5s", dueTime: nil, ttl: "4s"),
                "schedule has no tick before the ttl has passed"
            ),
            (
                .init(schedule: "@yearly", dueTime: nil, ttl: "P1M"),
                "schedule has no tick before the ttl has passed"
            ),
            (
                .init(schedule: "@every 1s", dueTime: nil, ttl: "0s"),
                "schedule has no tick before the ttl has passed"
            ),
            (.init(schedule: nil, dueTime: "P9000Y"), "due time is after the year 9999"),
            (.init(schedule: nil, dueTime: "9999-12-31T23:59:59-00:01"), "due time is after the year 9999"),
            (.init(schedule: "@daily", dueTime: "P9000Y", ttl: "-1s"), "ttl must be greater than due time"),
        ] as [(TickPlan.Request, String)])
    func neverFires(request: TickPlan.Request, message: String) {
        #expect(throws: GrammarFault.invalid(message)) { try TickPlan(request, acceptedAt: Self.now) }
    }

    @Test("no text is longer than 4096 bytes, which is said of the field that is, in its turn")
    func lengths() throws {
        let seconds = Array(repeating: "0", count: 2043).joined(separator: ",")
        let longest = seconds + " * * * * *"
        #expect(longest.utf8.count == TickPlan.longestText - 1)
        _ = try TickPlan(.init(schedule: longest + " ", dueTime: nil), acceptedAt: Self.now)
        let text = String(repeating: "0", count: 4097)
        let faults = [
            (
                TickPlan.Request(schedule: longest + "  ", dueTime: "x"),
                "schedule of 4097 bytes is longer than 4096"
            ),
            (TickPlan.Request(schedule: "x", dueTime: text), "expected exactly 6 fields, found 1: [x]"),
            (TickPlan.Request(schedule: nil, dueTime: text), "dueTime of 4097 bytes is longer than 4096"),
            (
                TickPlan.Request(schedule: "@daily", dueTime: nil, ttl: text),
                "ttl of 4097 bytes is longer than 4096"
            ),
        ]
        for (request, message) in faults {
            #expect(throws: GrammarFault.invalid(message)) { try TickPlan(request, acceptedAt: Self.now) }
        }
    }

    @Test("a ttl after the year 9999 is no limit")
    func farTTL() throws {
        let plan = try TickPlan(.init(schedule: "@daily", dueTime: nil, ttl: "P99999Y"), acceptedAt: Self.now)
        #expect(plan.next(after: plan.firstDue, spent: 1) == plan.firstDue + .seconds(86_400))
    }

    @Test("repeats up to the largest number count on")
    func manyRepeats() throws {
        let plan = try TickPlan(
            .init(schedule: "@every 1s", dueTime: nil, repeats: .max), acceptedAt: Self.now)
        #expect(plan.next(after: Self.now, spent: UInt64(UInt32.max) - 1) != nil)
        #expect(plan.next(after: Self.now, spent: UInt64(UInt32.max)) == nil)
    }
}
