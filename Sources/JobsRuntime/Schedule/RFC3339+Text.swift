package import Reactor

extension RFC3339 {
    /// An instant in UTC as RFC 3339 writes it, with as many digits of a second as it needs.
    package static func text(_ time: WallTime) -> String {
        var bytes: [UInt8] = []
        append(time, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the same as bytes; a trigger to an app has one, so no string is made.
    package static func append(_ time: WallTime, to bytes: inout [UInt8]) {
        let date = CivilDate(time)
        let second = Int(time.seconds - date.startOfDay)
        appendYear(date.year, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        append(date.month, digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        append(date.day, digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: "T"))
        append(second / 3600, digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        append(second / 60 % 60, digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        append(second % 60, digits: 2, to: &bytes)
        var fraction = Int(time.nanoseconds)
        if fraction > 0 {
            var digits = 9
            while fraction % 10 == 0 {
                fraction /= 10
                digits -= 1
            }
            bytes.append(UInt8(ascii: "."))
            append(fraction, digits: digits, to: &bytes)
        }
        bytes.append(UInt8(ascii: "Z"))
    }

    /// A zone can carry an instant out of the years 0 to 9999, which RFC 3339 cannot write: as Go does, the year gets a
    /// sign before it, or the digits that it needs.
    private static func appendYear(_ year: Int, to bytes: inout [UInt8]) {
        if year < 0 { bytes.append(UInt8(ascii: "-")) }
        let magnitude = abs(year)
        append(magnitude, digits: magnitude > 9999 ? String(magnitude).utf8.count : 4, to: &bytes)
    }

    /// Appends the last `digits` decimal digits of a number that is not negative.
    private static func append(_ number: Int, digits: Int, to bytes: inout [UInt8]) {
        let start = bytes.count
        var rest = number
        for _ in 0..<digits { bytes.append(UInt8(ascii: "0")) }
        for place in stride(from: start + digits - 1, through: start, by: -1) {
            bytes[place] += UInt8(rest % 10)
            rest /= 10
        }
    }
}

/// The date of an instant in UTC, in the calendar that is in use since 1582 and counted back before it.
private struct CivilDate {
    let year: Int
    let month: Int
    let day: Int
    /// When the day began, in seconds since 1970.
    let startOfDay: Int64

    /// Counts in eras of 400 years, which all have the same 146,097 days, from a March on, so that the leap day is last.
    init(_ time: WallTime) {
        let (quotient, remainder) = time.seconds.quotientAndRemainder(dividingBy: 86_400)
        let days = Int(remainder < 0 ? quotient - 1 : quotient)
        startOfDay = Int64(days) * 86_400
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }
}
