import Glibc
import JobsRuntime
import Reactor
import Testing

@Suite("RFC 3339")
struct RFC3339Tests {
    @Test(
        "instants, with their zones and fractions",
        arguments: [
            ("1970-01-01T00:00:00Z", 0, 0), ("2026-11-24T12:00:00Z", 1_795_521_600, 0),
            ("2026-11-24T12:00:00.5Z", 1_795_521_600, 500_000_000),
            ("2026-11-24T13:30:00+01:30", 1_795_521_600, 0),
            ("2026-11-24T04:00:00-08:00", 1_795_521_600, 0), ("2026-11-24T12:00:00-00:00", 1_795_521_600, 0),
            ("1969-12-31T23:59:59.25Z", -1, 250_000_000), ("2000-02-29T00:00:00Z", 951_782_400, 0),
            ("0001-01-01T00:00:00Z", -62_135_596_800, 0),
            ("9999-12-31T23:59:59.999999999Z", 253_402_300_799, 999_999_999),
            ("9999-12-31T23:59:59-23:59", 253_402_387_139, 0),
            ("0001-01-01T00:00:00+23:59", -62_135_683_140, 0),
            ("0000-01-01T00:00:00Z", -62_167_219_200, 0),
        ] as [(String, Int64, UInt32)])
    func accepts(text: String, seconds: Int64, nanoseconds: UInt32) {
        #expect(RFC3339.instant(text) == WallTime(seconds: seconds, nanoseconds: nanoseconds))
    }

    @Test("a fraction may have any number of digits; what is beyond the nanosecond is cut off")
    func surplusDigits() {
        let text = "1970-01-01T00:00:00.1234567899" + String(repeating: "9", count: 1000) + "Z"
        #expect(RFC3339.instant(text) == WallTime(seconds: 0, nanoseconds: 123_456_789))
    }

    @Test(
        "what is not in the grammar",
        arguments: [
            "", "2026-11-24", "2026-11-24T12:00:00", "2026-11-24t12:00:00Z", "2026-11-24T12:00:00z",
            "2026-11-24 12:00:00Z", "2026-11-24T12:00Z", "2026-11-24T12:00:00.Z", "2026-11-24T12:00:00,5Z",
            "2026-11-24T12:00:00+0100", "2026-11-24T12:00:00+01", "2026-11-24T12:00:00+1:00",
            "2026-11-24T12:00:00Z ",
            " 2026-11-24T12:00:00Z", "2026-11-24T12:00:00ZZ", "2026-11-24T1:00:00Z", "26-11-24T12:00:00Z",
            "02026-11-24T12:00:00Z", "-026-11-24T12:00:00Z", "2026-1-24T12:00:00Z", "2026/11/24T12:00:00Z",
            "２026-11-24T12:00:00Z", "2026-11-24T12:00:00+01:00Z",
        ])
    func refusesGrammar(text: String) { #expect(RFC3339.instant(text) == nil) }

    @Test(
        "what is not in the calendar or on the clock",
        arguments: [
            "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-00-10T00:00:00Z",
            "2026-13-10T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z", "2026-01-01T24:00:00Z",
            "2026-01-01T00:60:00Z", "2016-12-31T23:59:60Z", "2026-01-01T00:00:00+24:00",
            "2026-01-01T00:00:00+00:60",
        ])
    func refusesCalendar(text: String) { #expect(RFC3339.instant(text) == nil) }

    @Test("random instants come back as the C library's calendar says")
    func againstTheCLibrary() {
        var random = PropertySeed(0x3339)
        for _ in 0..<5000 {
            // From the year 1 to 9999.
            let seconds = Int.random(in: -62_135_596_800...253_402_300_799, using: &random)
            let minutes = Int.random(in: -1439...1439, using: &random)
            let zone = (minutes < 0 ? "-" : "+") + pad(abs(minutes) / 60, 2) + ":" + pad(abs(minutes) % 60, 2)
            let text = CLibrary.dateAndTime(seconds) + zone
            let expected = WallTime(seconds: Int64(seconds - minutes * 60))
            #expect(RFC3339.instant(text) == expected, "\(text), seed \(random.seed)")
        }
    }

    @Test("a date is taken if and only if the C library leaves it as it is")
    func everyDayOfSomeYears() {
        for year in [1, 4, 100, 400, 1900, 1999, 2000, 2023, 2024, 2100, 9999] {
            for month in 1...12 {
                for day in 1...31 {
                    let text = "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))T00:00:00Z"
                    let seconds = CLibrary.seconds(year: year, month: month, day: day)
                    #expect(RFC3339.instant(text) == seconds.map { WallTime(seconds: Int64($0)) }, "\(text)")
                }
            }
        }
    }

    @Test("no truncation or flipped byte makes it crash")
    func noise() {
        let valid = Array("2026-11-24T12:00:00.123456789+01:30".utf8)
        for count in 0..<valid.count {
            #expect(RFC3339.instant(String(decoding: valid[..<count], as: UTF8.self)) == nil)
        }
        for index in valid.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = valid
                changed[index] = byte
                _ = RFC3339.instant(String(decoding: changed, as: UTF8.self))
            }
        }
    }
}

private func pad(_ number: Int, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.count)) + text
}

/// The oracle: the C library's calendar.
private enum CLibrary {
    /// An instant in UTC, without its zone.
    static func dateAndTime(_ seconds: Int) -> String {
        var seconds = seconds
        var parts = unsafe tm()
        unsafe gmtime_r(&seconds, &parts)
        let date = unsafe [(parts.tm_year + 1900, 4), (parts.tm_mon + 1, 2), (parts.tm_mday, 2)]
        let time = unsafe [(parts.tm_hour, 2), (parts.tm_min, 2), (parts.tm_sec, 2)]
        func join(_ numbers: [(Int32, Int)], _ separator: String) -> String {
            numbers.map { pad(Int($0.0), $0.1) }.joined(separator: separator)
        }
        return join(date, "-") + "T" + join(time, ":")
    }

    /// The beginning of a day, or `nil` when the library turns it into another day.
    static func seconds(year: Int, month: Int, day: Int) -> Int? {
        var parts = unsafe tm()
        unsafe (parts.tm_year, parts.tm_mon, parts.tm_mday) = (
            Int32(year - 1900), Int32(month - 1), Int32(day)
        )
        let seconds = unsafe timegm(&parts)
        return unsafe parts.tm_mday == Int32(day) ? seconds : nil
    }
}
