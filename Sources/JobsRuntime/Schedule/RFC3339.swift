package import Reactor

/// An instant in RFC 3339, such as `2026-11-24T12:00:00.5+01:00`.
///
/// The zone is required, `T` and `Z` are upper case, the calendar is checked, and a leap second is refused,
/// all as Go does. Fractions may have any number of digits; what is beyond the nanosecond is cut off.
package enum RFC3339 {
    /// The instant that a text names, or `nil` when it is not in this grammar.
    package static func instant(_ text: String) -> WallTime? {
        var reader = RFC3339Reader(Array(text.utf8))
        return reader.read()
    }
}

private struct RFC3339Reader {
    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func read() -> WallTime? {
        guard let year = number(digits: 4, in: 0...9999), skip("-"),
            let month = number(digits: 2, in: 1...12),
            skip("-"), let day = number(digits: 2, in: 1...31),
            day <= CivilDate.days(inMonth: month, of: year),
            skip("T"), let hour = number(digits: 2, in: 0...23), skip(":"),
            let minute = number(digits: 2, in: 0...59), skip(":"), let second = number(digits: 2, in: 0...59),
            let nanoseconds = fraction(), let offset = zone(), index == bytes.count
        else { return nil }
        let time = hour * 3600 + minute * 60 + second - offset
        let days = CivilDate.daysSinceEpoch(year: year, month: month, day: day)
        return WallTime(seconds: Int64(days * 86400 + time), nanoseconds: nanoseconds)
    }

    private mutating func number(digits: Int, in range: ClosedRange<Int>) -> Int? {
        guard index + digits <= bytes.count else { return nil }
        var value = 0
        for _ in 0..<digits {
            guard let digit else { return nil }
            value = value * 10 + digit
            index += 1
        }
        return range.contains(value) ? value : nil
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    /// The nanoseconds; 0 where there is no fraction, `nil` for a point without a digit.
    private mutating func fraction() -> UInt32? {
        guard skip(".") else { return 0 }
        guard digit != nil else { return nil }
        var value: UInt32 = 0
        var weight: UInt32 = 100_000_000
        while let digit {
            value += UInt32(digit) * weight
            weight /= 10
            index += 1
        }
        return value
    }

    /// Seconds east of UTC.
    private mutating func zone() -> Int? {
        if skip("Z") { return 0 }
        let sign = skip("+") ? 1 : skip("-") ? -1 : 0
        guard sign != 0, let hours = number(digits: 2, in: 0...23), skip(":"),
            let minutes = number(digits: 2, in: 0...59)
        else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }

    private var digit: Int? {
        guard index < bytes.count, bytes[index] >= UInt8(ascii: "0"), bytes[index] <= UInt8(ascii: "9") else {
            return nil
        }
        return Int(bytes[index] - UInt8(ascii: "0"))
    }
}
