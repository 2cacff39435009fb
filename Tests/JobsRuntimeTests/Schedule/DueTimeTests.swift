import JobsRuntime
import Reactor
import Testing

@Suite("due time")
struct DueTimeTests {
    private static let now = WallTime(seconds: 1_000_000, nanoseconds: 500)

    @Test("an instant stands; a duration counts from the acceptance, and may be negative")
    func instants() throws {
        #expect(try DueTime("1970-01-02T00:00:00Z").instant(acceptedAt: Self.now) == WallTime(seconds: 86400))
        #expect(
            try DueTime("15s").instant(acceptedAt: Self.now) == WallTime(seconds: 1_000_015, nanoseconds: 500)
        )
        #expect(try DueTime("0").instant(acceptedAt: Self.now) == Self.now)
        #expect(
            try DueTime("-1m").instant(acceptedAt: Self.now) == WallTime(seconds: 999_940, nanoseconds: 500))
        #expect(
            try DueTime("1ns").instant(acceptedAt: Self.now) == WallTime(seconds: 1_000_000, nanoseconds: 501)
        )
    }

    @Test("the longest duration from the end of time stays on it")
    func clamps() throws {
        let end = WallTime(seconds: .max, nanoseconds: 999_999_999)
        #expect(try DueTime("2562047h").instant(acceptedAt: end) == end)
        #expect(
            try DueTime("-2562047h").instant(acceptedAt: WallTime(seconds: .min)) == WallTime(seconds: .min))
    }

    @Test(
        "an ISO 8601 duration is known and refused as such",
        arguments: ["PT5S", "P1Y2M3W4DT5H6M7S", "P0D", "PT", "PT30", "R0/PT5S", "R00/P1D"])
    func isoDurations(text: String) {
        let message = "dueTime \"\(text)\" is an ISO 8601 duration, which is not supported yet"
        #expect(throws: GrammarFault.unimplemented(message)) { try DueTime(text) }
    }

    @Test("repeats have no place in a due time", arguments: ["R3/PT5S", "R10/", "R01/x"])
    func repeats(text: String) {
        #expect(throws: GrammarFault.invalid("repeats not supported for due time")) { try DueTime(text) }
    }

    @Test(
        "all else is not recognized",
        arguments: [
            "", "P", "R5", "R/PT5S", "R0", "R0/", "R-1/PT5S", "PT1.5S", "pt5s", "Pizza", "tomorrow", "5",
            "5 s", "@every 5s",
            "2026-11-24T12:00:00", "2026-11-24", "12:00:00", "1h 5m", "9999999h",
        ])
    func notRecognized(text: String) {
        #expect(throws: GrammarFault.invalid("due time format not recognized")) { try DueTime(text) }
    }
}
