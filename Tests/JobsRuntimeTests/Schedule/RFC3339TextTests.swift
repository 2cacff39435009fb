import JobsRuntime
import Reactor
import TestKit
import Testing

@Suite("RFC 3339: an instant as text")
struct RFC3339TextTests {
    @Test(
        "as many digits of a second as it needs, and no more",
        arguments: [
            (0, 0, "1970-01-01T00:00:00Z"), (-1, 0, "1969-12-31T23:59:59Z"),
            (1_795_521_600, 500_000_000, "2026-11-24T12:00:00.5Z"),
            (951_782_400, 1, "2000-02-29T00:00:00.000000001Z"),
            (253_402_300_799, 999_999_999, "9999-12-31T23:59:59.999999999Z"),
            (-62_135_596_800, 0, "0001-01-01T00:00:00Z"),
        ] as [(Int64, UInt32, String)])
    func samples(seconds: Int64, nanoseconds: UInt32, expected: String) {
        #expect(RFC3339.text(WallTime(seconds: seconds, nanoseconds: nanoseconds)) == expected)
    }

    @Test(
        "what was written is read as the same instant, from the year 1 to 9999",
        arguments: SeededGenerator.seeds)
    func roundTrip(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            let instant = WallTime(
                seconds: Int64.random(in: -62_135_596_800...253_402_300_799, using: &random),
                nanoseconds: UInt32.random(in: 0..<1_000_000_000, using: &random))
            #expect(RFC3339.instant(RFC3339.text(instant)) == instant, "seed \(seed)")
        }
    }
}
