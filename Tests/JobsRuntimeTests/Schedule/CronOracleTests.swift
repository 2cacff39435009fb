import Glibc
import JobsRuntime
import Reactor
import TestKit
import Testing

/// Against clocks that are looked at every half minute: slow, and too simple to be wrong.
///
/// The C library has one zone for a whole process, so these run in processes of their own.
@Suite("cron: random schedules against the C library's clocks")
struct CronOracleTests {
    @Test("in UTC, over a day from anywhere between 1970 and 2100", arguments: SeededGenerator.seeds)
    func utc(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<40 {
            let cron = RandomCron(&random)
            let start = Int.random(in: 0...4_102_444_800, using: &random)
            let end = start + 86_400
            let expected = unsafe cron.ticks(from: start, to: end, clock: SystemClocks.utc)
            #expect(try Self.ticks("\(cron)", start, end) == expected, "\(cron) from \(start), seed \(seed)")
        }
    }

    @Test("in UTC, far ahead: no day before the next tick matches", arguments: SeededGenerator.seeds)
    func farAhead(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<40 {
            let cron = RandomCron(&random)
            guard let schedule = try? Schedule("\(cron)") else { continue }
            let start = Int.random(in: 0...4_102_444_800, using: &random) / 86_400 * 86_400
            let next = try #require(schedule.next(after: WallTime(seconds: Int64(start - 1))))
            // A day has a tick if its minutes have one; in UTC all days have the same minutes.
            let probe = (0..<1440).first { minute in
                cron.fields[1][minute % 60] && cron.fields[2][minute / 60]
            }
            guard let probe else { continue }
            let firstDay = stride(from: start, to: start + 9 * 366 * 86_400, by: 86_400).first { day in
                unsafe cron.matchesMinute(SystemClocks.utc(day + probe * 60))
            }
            let second = try #require(cron.fields[0].firstIndex(of: true))
            let expected = try #require(firstDay) + probe * 60 + second
            #expect(next == WallTime(seconds: Int64(expected)), "\(cron) from \(start), seed \(seed)")
        }
    }

    @Test("a day of the year is refused as never matching if and only if no year in 28 has it")
    func neverMatches() {
        // As (month, day), and after 28 years the calendar repeats.
        let first = 946_684_800
        let dates = stride(from: first, to: first + 28 * 366 * 86_400, by: 86_400).map { day in
            let clock = unsafe SystemClocks.utc(day)
            return unsafe [Int(clock.tm_mon) + 1, Int(clock.tm_mday)]
        }
        let known = Set(dates)
        for month in 1...12 {
            for day in 1...31 {
                let schedule = try? Schedule("0 0 0 \(day) \(month) ?")
                #expect((schedule != nil) == known.contains([month, day]), "\(day) \(month)")
                // With a weekday beside it, either is enough.
                #expect((try? Schedule("0 0 0 \(day) \(month) 1")) != nil)
            }
        }
    }

    @Test("in random zones, over a day and a half around a change of the clocks")
    func zones() async {
        await #expect(processExitsWith: .success) {
            for seed in SeededGenerator.seeds {
                var random = SeededGenerator(seed: seed)
                for _ in 0..<4 {
                    let zone = ZoneNames.distinct.randomElement(using: &random)!
                    SystemClocks.enter(zone)
                    let changes = SystemClocks.changes(from: 0, to: 2_145_916_800)
                    for _ in 0..<4 {
                        let change = changes.randomElement(using: &random) ?? 1_000_000_000
                        let start = change - Int.random(in: 0...86_400, using: &random)
                        let cron = RandomCron(&random)
                        guard (try? Schedule("\(cron)")) != nil else { continue }
                        let end = start + 86_400 * 3 / 2
                        let expected = unsafe cron.ticks(from: start, to: end, clock: SystemClocks.local)
                        let found = try CronOracleTests.ticks("TZ=\(zone) \(cron)", start, end)
                        #expect(found == expected, "TZ=\(zone) \(cron) from \(start), seed \(seed)")
                    }
                }
            }
        }
    }

    @Test(
        "in random zones, once a year and at hours that the clocks leave out or repeat, up to nine years ahead"
    )
    func farAheadInZones() async {
        await #expect(processExitsWith: .success) {
            var random = SeededGenerator(seed: 29)
            for _ in 0..<200 {
                let zone = ZoneNames.distinct.randomElement(using: &random)!
                SystemClocks.enter(zone)
                let start = Int.random(in: 631_152_000...4_102_444_800, using: &random) / 900 * 900
                // The day of a change, if there is one: else a yearly tick meets it once in seven years.
                let change = SystemClocks.changes(from: start, to: start + 9 * 366 * 86_400).randomElement(
                    using: &random)
                let day = unsafe SystemClocks.local((change ?? start) - 1)
                let (month, date) = unsafe (Int(day.tm_mon), Int(day.tm_mday))
                let (hour, minute) = (
                    Int.random(in: 0...3, using: &random), [0, 15, 30, 45].randomElement(using: &random)!
                )
                // Since 1990 every offset is a multiple of a quarter of an hour.
                let expected = stride(from: start, to: start + 9 * 366 * 86_400, by: 900).first { instant in
                    let clock = unsafe SystemClocks.local(instant)
                    return unsafe clock.tm_min == minute && clock.tm_hour == hour && clock.tm_mday == date
                        && clock.tm_mon == month
                }
                let spec = "TZ=\(zone) 0 \(minute) \(hour) \(date) \(month + 1) *"
                let next = try Schedule(spec).next(after: WallTime(seconds: Int64(start - 1)))
                #expect(next?.seconds == expected.map { Int64($0) }, "\(spec) from \(start)")
            }
        }
    }

    /// Every tick in a stretch of time.
    static func ticks(_ spec: String, _ start: Int, _ end: Int) throws -> [Int] {
        guard let schedule = try? Schedule(spec) else { return [] }
        var ticks: [Int] = []
        var cursor = WallTime(seconds: Int64(start), nanoseconds: 0) + .nanoseconds(-1)
        while let tick = schedule.next(after: cursor), tick.seconds < end {
            ticks.append(Int(tick.seconds))
            cursor = tick
        }
        return ticks
    }
}
