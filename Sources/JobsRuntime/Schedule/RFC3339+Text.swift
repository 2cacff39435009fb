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
        // Four digits of year are all that the format has; a tick is never planned outside of them.
        let time = min(max(time, Schedule.startOfTime), Schedule.endOfTime)
        let (days, second) = CivilDate.split(seconds: time.seconds)
        let date = CivilDate(daysSinceEpoch: days)
        append(date.year, digits: 4, to: &bytes)
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
