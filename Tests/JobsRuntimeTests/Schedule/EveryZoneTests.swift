import Glibc
import JobsRuntime
import Reactor
import TestKit
import Testing

/// Every zone that the system knows, against the C library, which reads the same files on its own.
@Suite("zones: every one that the system knows")
struct EveryZoneTests {
    @Test("the clocks change when the C library says, from 1970 to 2037, and are as far from UTC")
    func changes() async {
        await #expect(processExitsWith: .success) {
            let (start, end) = (0, 2_145_916_800)
            #expect(ZoneNames.all.count > 300)
            for name in ZoneNames.all {
                SystemClocks.enter(name)
                let zone = try ZoneFolder.system.zone(named: name)
                var changes: [Int] = []
                var span = zone.span(at: Int64(start))
                while span.end < Int64(end) {
                    let offset = span.offset
                    let change = span.end
                    span = zone.span(at: change)
                    if span.offset != offset { changes.append(Int(change)) }
                }
                #expect(changes == SystemClocks.changes(from: start, to: end), "\(name)")
                for instant in [start] + changes.flatMap({ [$0 - 1, $0] }) {
                    let offset = zone.span(at: Int64(instant)).offset
                    #expect(Int(offset) == SystemClocks.offset(instant), "\(name) at \(instant)")
                }
            }
        }
    }

    @Test("after the last change of its file a zone follows the file's rule, for centuries")
    func rules() async {
        await #expect(processExitsWith: .success) {
            var random = SeededGenerator(seed: 2037)
            for name in ZoneNames.all {
                SystemClocks.enter(name)
                let zone = try ZoneFolder.system.zone(named: name)
                for _ in 0..<40 {
                    let instant = Int.random(in: 2_145_916_800...16_725_225_600, using: &random)
                    let span = zone.span(at: Int64(instant))
                    #expect(Int(span.offset) == SystemClocks.offset(instant), "\(name) at \(instant)")
                    guard span.end < 16_725_225_600 else { continue }
                    for near in [Int(span.end) - 1, Int(span.end)] {
                        let offset = Int(zone.span(at: Int64(near)).offset)
                        #expect(offset == SystemClocks.offset(near), "\(name) at \(near)")
                    }
                }
            }
        }
    }

    @Test("schedules by the quarter hour, by the hour and by the day keep the law at changes of the clocks")
    func law() async {
        await #expect(processExitsWith: .success) {
            var random = SeededGenerator(seed: 30)
            let specs = ["0 */15 * * * *", "0 0 * * * *", "0 0 0 * * *", "0 30 1,2 * * *", "30 59 23 * * *"]
            let matches: [(Int, Int, Int) -> Bool] = [
                { $1 % 15 == 0 && $2 == 0 }, { $1 == 0 && $2 == 0 }, { $0 == 0 && $1 == 0 && $2 == 0 },
                { ($0 == 1 || $0 == 2) && $1 == 30 && $2 == 0 }, { $0 == 23 && $1 == 59 && $2 == 30 },
            ]
            for name in ZoneNames.distinct {
                SystemClocks.enter(name)
                for change in SystemClocks.changes(from: 0, to: 2_145_916_800).shuffled(using: &random)
                    .prefix(4)
                {
                    let start = change - Int.random(in: 0...7200, using: &random)
                    let end = start + 26 * 3600
                    var expected = [[Int]](repeating: [], count: specs.count)
                    for instant in stride(from: (start + 29) / 30 * 30, to: end, by: 30) {
                        let clock = unsafe SystemClocks.local(instant)
                        let (hour, minute, second) = unsafe (clock.tm_hour, clock.tm_min, clock.tm_sec)
                        for index in specs.indices where matches[index](Int(hour), Int(minute), Int(second)) {
                            expected[index].append(instant)
                        }
                    }
                    for (spec, expected) in zip(specs, expected) {
                        let found = try CronOracleTests.ticks("TZ=\(name) \(spec)", start, end)
                        #expect(found == expected, "TZ=\(name) \(spec) from \(start)")
                    }
                }
            }
        }
    }
}
