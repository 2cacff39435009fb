import JobsRuntime
import Reactor
import Testing

@Suite("due time")
struct DueTimeTests {
    private static let now = WallTime(seconds: 1_000_000, nanoseconds: 500)

    @Test("an instant stands; a duration counts from the acceptance, and may be negative")
    func instants() throws {
        #expect(try DueTime("1970-01-02T00:00:00Z").instant(from: Self.now) == WallTime(seconds: 86400))
        #expect(
            try DueTime("15s").instant(from: Self.now) == WallTime(seconds: 1_000_015, nanoseconds: 500)
        )
        #expect(try DueTime("0").instant(from: Self.now) == Self.now)
        #expect(
            try DueTime("-1m").instant(from: Self.now) == WallTime(seconds: 999_940, nanoseconds: 500))
        #expect(
            try DueTime("1ns").instant(from: Self.now) == WallTime(seconds: 1_000_000, nanoseconds: 501)
        )
    }

    @Test("what is too far away stays within what an instant holds")
    func clamps() throws {
        let end = WallTime(seconds: .max, nanoseconds: 999_999_999)
        let start = WallTime(seconds: -62_135_596_800)
        #expect(try DueTime("2562047h").instant(from: end) == end)
        #expect(try DueTime("P9223372036854775807D").instant(from: Self.now) == end)
        #expect(try DueTime("-2562047h").instant(from: WallTime(seconds: .min)) == start)
        #expect(try DueTime("P-9223372036854775808W").instant(from: Self.now) == start)
        #expect(try DueTime("P-9223372036854775808Y").instant(from: Self.now) == start)
    }

    @Test(
        "an instant before the year 1 is valid and counts as its beginning",
        arguments: ["0000-01-01T00:00:00Z", "0000-01-01T00:00:00+23:59", "P-3000Y"])
    func beforeTheYear1(text: String) throws {
        let instant = try DueTime(text).instant(from: Self.now)
        #expect(RFC3339.text(instant) == "0001-01-01T00:00:00Z")
    }

    @Test(
        "an ISO 8601 duration counts from the acceptance; R0/ may stand before it",
        arguments: [("PT5S", 5), ("R0/PT5S", 5), ("R00/P1D", 86_400), ("P0D", 0), ("PT", 0), ("PT30", 0)]
            as [(String, Int64)])
    func isoDurations(text: String, seconds: Int64) throws {
        #expect(try DueTime(text).instant(from: Self.now) == Self.now + .seconds(seconds))
    }

    @Test("repeats have no place in a due time", arguments: ["R3/PT5S", "R10/", "R01/x", "R5"])
    func repeats(text: String) {
        #expect(throws: GrammarFault.invalid("repeats not supported for due time")) { try DueTime(text) }
    }

    @Test(
        "all else is not recognized",
        arguments: [
            "", "P", "R", "R/PT5S", "R0/P", "R0x/PT5S", "R0", "R0/", "R-1/PT5S", "PT1.5S", "pt5s", "Pizza",
            "tomorrow", "5",
            "5 s", "@every 5s",
            "2026-11-24T12:00:00", "2026-11-24", "12:00:00", "1h 5m", "9999999h",
        ])
    func notRecognized(text: String) {
        #expect(throws: GrammarFault.invalid("due time format not recognized")) { try DueTime(text) }
    }
}
