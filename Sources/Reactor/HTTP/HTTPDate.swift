/// The date of an answer as RFC 9110, 5.6.7 writes it: `Sun, 06 Nov 1994 08:49:37 GMT`.
enum HTTPDate {
    private static let days: StaticString = "ThuFriSatSunMonTueWed"
    private static let months: StaticString = "JanFebMarAprMayJunJulAugSepOctNovDec"

    /// Writes an instant, given in seconds since 1970.
    static func append(_ seconds: Int64, to buffer: ByteBuffer) {
        // A clock before 1970 is not set; the year then says so.
        let total = Int(max(0, seconds))
        let day = total / 86_400
        let second = total % 86_400
        let date = civil(day)
        append(days, day % 7, to: buffer)
        buffer.append(", ")
        append(date.day, to: buffer)
        buffer.append(" ")
        append(months, date.month - 1, to: buffer)
        buffer.append(" ")
        append(date.year / 100, to: buffer)
        append(date.year % 100, to: buffer)
        buffer.append(" ")
        append(second / 3600, to: buffer)
        buffer.append(":")
        append(second / 60 % 60, to: buffer)
        buffer.append(":")
        append(second % 60, to: buffer)
        buffer.append(" GMT")
    }

    /// The date of a day since 1970: eras of 400 years that begin in March, so that the leap day comes last.
    private static func civil(_ day: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (
            era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1
        )
    }

    private static func append(_ names: StaticString, _ index: Int, to buffer: ByteBuffer) {
        for offset in 0..<3 { unsafe buffer.append(names.utf8Start[index * 3 + offset]) }
    }

    /// Two digits.
    private static func append(_ number: Int, to buffer: ByteBuffer) {
        buffer.append(UInt8(ascii: "0") + UInt8(number / 10 % 10))
        buffer.append(UInt8(ascii: "0") + UInt8(number % 10))
    }
}
