import JobsRuntime
import Reactor
import Testing

@Suite("ISO 8601 durations")
struct ISODurationTests {
    @Test(
        "what a duration comes to, in UTC's calendar",
        arguments: [
            ("P1Y2M3W4DT5H6M7S", "2026-01-31T12:00:00.5Z", "2027-04-25T17:06:07.5Z"),
            ("P1M", "2026-01-31T00:00:00Z", "2026-03-03T00:00:00Z"),
            ("P1M", "2028-01-31T00:00:00Z", "2028-03-02T00:00:00Z"),
            ("P1Y", "2028-02-29T06:00:00Z", "2029-03-01T06:00:00Z"),
            ("P4Y", "2028-02-29T06:00:00Z", "2032-02-29T06:00:00Z"),
            ("P12M", "2026-11-24T12:00:00Z", "2027-11-24T12:00:00Z"),
            ("P13M", "2026-12-24T12:00:00Z", "2028-01-24T12:00:00Z"),
            ("P-1M", "2026-01-15T12:00:00Z", "2025-12-15T12:00:00Z"),
            ("P-1D", "1970-01-01T00:00:00Z", "1969-12-31T00:00:00Z"),
            ("P+1D", "1970-01-01T00:00:00Z", "1970-01-02T00:00:00Z"),
            ("P1W1D", "2026-01-01T00:00:00Z", "2026-01-09T00:00:00Z"),
            ("PT36H", "2026-01-01T00:00:00Z", "2026-01-02T12:00:00Z"),
        ])
    func calendar(text: String, from: String, expected: String) throws {
        let duration = try #require(ISODuration(text.utf8))
        let start = try #require(RFC3339.instant(from))
        #expect(RFC3339.text(duration.instant(after: start)) == expected)
    }

    @Test("weeks and days add up, and hours, minutes and seconds; of several years or months the last counts")
    func repeatedLetters() throws {
        let duration = try #require(ISODuration("P1Y2Y3M4M1W1D1WT1H1M1S1H".utf8))
        #expect((duration.years, duration.months) == (2, 4))
        #expect((duration.days, duration.seconds) == (15, 7261))
    }

    @Test("the order of the letters is not enforced", arguments: ["P1D2Y", "P1D1W", "PT5S1H", "PTT5S"])
    func order(text: String) { #expect(ISODuration(text.utf8) != nil) }

    @Test("digits at the end without a letter are ignored", arguments: ["PT30", "P5", "P1D7", "PT1H30"])
    func trailingDigits(text: String) throws {
        let duration = try #require(ISODuration(text.utf8))
        #expect(duration.days + duration.seconds / 3600 <= 1)
    }

    @Test(
        "all else is no duration",
        arguments: [
            "", "P", "p1d", "P1d", "1D", "-P1D", "PD", "PTS", "P1S", "P1H", "PT1D", "PT1W", "PT1Y", "P1T",
            "P1T1H",
            "PT1.5S", "PT1,5S", "P 1D", "P1D ", "Pizza", "P--1D", "P1-D", "PX", "P99999999999999999999D",
            "P１D",
        ])
    func refuses(text: String) { #expect(ISODuration(text.utf8) == nil) }

    @Test("no text makes it crash")
    func noise() {
        var random = PropertySeed(0x8601)
        let alphabet = Array("PTYMWDHSR0123456789+-/.".utf8)
        let now = WallTime(seconds: 1_795_521_600)
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...40, using: &random)
            let bytes = [UInt8(ascii: "P")] + (0..<count).map { _ in alphabet.randomElement(using: &random)! }
            let text = String(decoding: bytes, as: UTF8.self)
            guard let instant = try? DueTime(text).instant(from: now) else { continue }
            #expect(RFC3339.text(instant).utf8.count >= 20, "\(text), seed \(random.seed)")
        }
    }
}
