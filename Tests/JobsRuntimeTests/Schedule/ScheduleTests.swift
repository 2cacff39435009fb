import JobsRuntime
import Reactor
import Testing

@Suite("schedule")
struct ScheduleTests {
    @Test(
        "@every ticks at its distance, to the nanosecond",
        arguments: [
            ("@every 5s", .seconds(5)), ("@every 1ms", .milliseconds(1)), ("@every 1h30m", .seconds(5400)),
            ("@every 1.5s", .milliseconds(1500)), ("@every 1ns", .nanoseconds(1)),
        ] as [(String, Duration)])
    func every(spec: String, interval: Duration) throws {
        let schedule = try Schedule(spec)
        let start = WallTime(seconds: 1_000, nanoseconds: 999_999_999)
        #expect(schedule.interval == interval)
        #expect(schedule.next(after: start) == start + interval)
    }

    @Test(
        "what is not a schedule, in the contract's words",
        arguments: [
            ("", "empty spec string"),
            ("@every Xm", #"failed to parse duration @every Xm: time: invalid duration "Xm""#),
            ("@every ", #"failed to parse duration @every : time: invalid duration """#),
            ("@every  5s", #"failed to parse duration @every  5s: time: invalid duration " 5s""#),
            ("@every 5", #"failed to parse duration @every 5: time: missing unit in duration "5""#),
            ("@every 1d", #"failed to parse duration @every 1d: time: unknown unit "d" in duration "1d""#),
            (
                "@every 9999999h",
                #"failed to parse duration @every 9999999h: time: invalid duration "9999999h""#
            ),
            ("@every 0s", "interval of @every 0s must be greater than 0"),
            ("@every -1s", "interval of @every -1s must be greater than 0"),
            ("@x", "unrecognized descriptor: @x"), ("@daily ", "unrecognized descriptor: @daily "),
            ("@every", "unrecognized descriptor: @every"),
            ("@Daily", "unrecognized descriptor: @Daily"), ("@reboot", "unrecognized descriptor: @reboot"),
            ("* * * * *", "expected exactly 6 fields, found 5: [* * * * *]"),
            (" 1\t2  3 ", "expected exactly 6 fields, found 3: [1 2 3]"),
            (" ", "expected exactly 6 fields, found 0: []"),
            ("2h45m", "expected exactly 6 fields, found 1: [2h45m]"),
            (" @every 5s", "expected exactly 6 fields, found 2: [@every 5s]"),
            ("2026-11-24T12:00:00Z", "expected exactly 6 fields, found 1: [2026-11-24T12:00:00Z]"),
        ])
    func invalid(spec: String, message: String) {
        #expect(throws: GrammarFault.invalid(message)) { try Schedule(spec) }
    }

    @Test("there is no tick after the year 9999, and none wraps")
    func endOfTime() throws {
        let schedule = try Schedule("@every 1s")
        let last = WallTime(seconds: 253_402_300_799, nanoseconds: 999_999_999)
        #expect(
            schedule.next(after: WallTime(seconds: 253_402_300_798)) == WallTime(seconds: 253_402_300_799))
        #expect(schedule.next(after: last) == nil)
        #expect(schedule.next(after: WallTime(seconds: .max, nanoseconds: 999_999_999)) == nil)
    }
}
