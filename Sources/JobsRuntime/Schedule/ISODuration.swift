package import Reactor

/// A duration in ISO 8601's spelling, such as `P1Y2M3DT4H5M6S`, read with the quirks of Dapr's parser (contract, section
/// 4.3).
///
/// Whole numbers with an optional sign. Weeks and days add up, and so do hours, minutes and seconds; of several `Y` or
/// several `M` before the `T` the last one counts. The order of the letters does not matter, and digits at the end
/// without a letter are ignored.
package struct ISODuration: Sendable, Equatable {
    package private(set) var years: Int64 = 0
    package private(set) var months: Int64 = 0
    package private(set) var days: Int128 = 0
    package private(set) var seconds: Int128 = 0

    /// Reads a text, all of it, or answers `nil` when it is not in this grammar.
    package init?(_ text: some Collection<UInt8>) {
        let bytes = Array(text)
        guard bytes.count > 1, bytes[0] == UInt8(ascii: "P") else { return nil }
        var isTime = false
        var start = 1
        for index in 1..<bytes.count {
            let byte = bytes[index]
            if (0x30...0x39).contains(byte) || (index == start && (byte == 0x2B || byte == 0x2D)) { continue }
            if byte == UInt8(ascii: "T") {
                guard start == index else { return nil }
                isTime = true
            } else {
                guard case .value(let number) = GoInteger.parse(bytes[start..<index]),
                    add(Int64(number), letter: byte, isTime: isTime)
                else { return nil }
            }
            start = index + 1
        }
    }

    /// Takes a number and its letter in; answers whether it has a meaning here.
    private mutating func add(_ number: Int64, letter: UInt8, isTime: Bool) -> Bool {
        switch (letter, isTime) {
        case (UInt8(ascii: "Y"), false): years = number
        case (UInt8(ascii: "M"), false): months = number
        case (UInt8(ascii: "W"), false): days += Int128(number) * 7
        case (UInt8(ascii: "D"), false): days += Int128(number)
        case (UInt8(ascii: "H"), true): seconds += Int128(number) * 3600
        case (UInt8(ascii: "M"), true): seconds += Int128(number) * 60
        case (UInt8(ascii: "S"), true): seconds += Int128(number)
        default: return false
        }
        return true
    }

    /// The instant that lies this much after another, in UTC's calendar; clamped to what `WallTime` holds.
    ///
    /// A day that the month does not have becomes one of the next month: a month after 31 January is 3 March, or the 2nd.
    package func instant(after start: WallTime) -> WallTime {
        let (day, second) = CivilDate.split(seconds: start.seconds)
        let date = CivilDate(daysSinceEpoch: day)
        let monthCount = (Int128(date.year) + Int128(years)) * 12 + Int128(date.month - 1) + Int128(months)
        // Beyond this it is far from any year that a job may name, whatever the days are.
        let limited = Int(max(-Self.farthestMonth, min(Self.farthestMonth, monthCount)))
        let year = limited >= 0 ? limited / 12 : (limited - 11) / 12
        let first = CivilDate.daysSinceEpoch(year: year, month: limited - year * 12 + 1, day: 1)
        let total = (Int128(first + date.day - 1) + days) * 86_400 + Int128(second) + seconds
        guard let seconds = Int64(exactly: total) else {
            return total < 0
                ? WallTime(seconds: .min) : WallTime(seconds: .max, nanoseconds: 999_999_999)
        }
        return WallTime(seconds: seconds, nanoseconds: start.nanoseconds)
    }

    private static let farthestMonth: Int128 = 12_000_000_000
}
