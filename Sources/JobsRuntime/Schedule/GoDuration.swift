/// A duration in Go's spelling, such as `1h30m` or `-1.5s`: read and refused exactly as Go's
/// `time.ParseDuration` does.
///
/// An optional sign, then decimal numbers each with a unit out of `ns us µs ms s m h`; a lone `0` needs none.
/// Whole nanoseconds, within ±292 years; what a fraction has beyond a nanosecond is cut off.
package struct GoDuration: Sendable, Equatable {
    /// What is wrong with a text, in Go's words.
    package struct Fault: Error, Sendable, Equatable {
        /// The sentence that Go prints.
        package let message: String

        package init(message: String) { self.message = message }
    }

    /// The length; negative durations are valid.
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// As the standard library counts.
    package var duration: Duration { .nanoseconds(nanoseconds) }

    /// Reads a text, all of it.
    package init(_ text: String) throws(Fault) {
        var reader = GoDurationReader(text)
        nanoseconds = try reader.read()
    }
}

/// One pass over a text.
///
/// Mirrors Go's own function, so that the two agree on overflow and on which fault comes first.
private struct GoDurationReader {
    /// 2^63: what a negative duration may reach, and a positive one may not.
    private static let limit: UInt64 = 1 << 63

    private let text: String
    private let bytes: [UInt8]
    private var index = 0

    init(_ text: String) {
        self.text = text
        bytes = Array(text.utf8)
    }

    mutating func read() throws(GoDuration.Fault) -> Int64 {
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative || bytes.first == UInt8(ascii: "+") { index = 1 }
        if bytes.count == index + 1, bytes[index] == UInt8(ascii: "0") { return 0 }
        if index == bytes.count { throw invalid }
        var total: UInt64 = 0
        while index < bytes.count {
            let (sum, overflow) = total.addingReportingOverflow(try readTerm())
            // Go lets the sum of two halves wrap to 0 here; nobody means 0 by 584 years.
            if overflow || sum > Self.limit { throw invalid }
            total = sum
        }
        if isNegative { return total == Self.limit ? .min : -Int64(total) }
        guard let positive = Int64(exactly: total) else { throw invalid }
        return positive
    }

    /// A number and its unit, in nanoseconds, at most 2^63.
    private mutating func readTerm() throws(GoDuration.Fault) -> UInt64 {
        guard isDigit || bytes[index] == UInt8(ascii: ".") else { throw invalid }
        let start = index
        let whole = try readWhole()
        var hasDigits = index > start
        var fraction: (value: UInt64, scale: Double) = (0, 1)
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            index += 1
            let afterPoint = index
            fraction = readFraction()
            hasDigits = hasDigits || index > afterPoint
        }
        guard hasDigits else { throw invalid }
        let unit = try readUnit()
        let (product, overflow) = whole.multipliedReportingOverflow(by: unit)
        if overflow || product > Self.limit { throw invalid }
        guard fraction.value > 0 else { return product }
        // In floating point and in this order, as Go does it; the result is below one unit.
        let sum = product + UInt64(Double(fraction.value) * (Double(unit) / fraction.scale))
        if sum > Self.limit { throw invalid }
        return sum
    }

    private mutating func readWhole() throws(GoDuration.Fault) -> UInt64 {
        var value: UInt64 = 0
        while index < bytes.count, isDigit {
            if value > Self.limit / 10 { throw invalid }
            value = value * 10 + UInt64(bytes[index] - UInt8(ascii: "0"))
            if value > Self.limit { throw invalid }
            index += 1
        }
        return value
    }

    /// The digits after the point; those that no longer fit are read over.
    private mutating func readFraction() -> (value: UInt64, scale: Double) {
        var value: UInt64 = 0
        var scale = 1.0
        var isFull = false
        while index < bytes.count, isDigit {
            if !isFull, value <= (Self.limit - 1) / 10 {
                let longer = value * 10 + UInt64(bytes[index] - UInt8(ascii: "0"))
                if longer <= Self.limit {
                    value = longer
                    scale *= 10
                } else {
                    isFull = true
                }
            } else {
                isFull = true
            }
            index += 1
        }
        return (value, scale)
    }

    private mutating func readUnit() throws(GoDuration.Fault) -> UInt64 {
        let start = index
        while index < bytes.count, !isDigit, bytes[index] != UInt8(ascii: ".") { index += 1 }
        if index == start {
            throw GoDuration.Fault(message: "time: missing unit in duration \(Self.quote(bytes[...]))")
        }
        let unit = bytes[start..<index]
        // A switch over strings would compare them as Unicode does; a unit is its bytes.
        if unit.elementsEqual("s".utf8) { return 1_000_000_000 }
        if unit.elementsEqual("ms".utf8) { return 1_000_000 }
        if unit.elementsEqual("m".utf8) { return 60_000_000_000 }
        if unit.elementsEqual("h".utf8) { return 3_600_000_000_000 }
        if unit.elementsEqual("us".utf8) || unit.elementsEqual("\u{B5}s".utf8)
            || unit.elementsEqual("\u{3BC}s".utf8)
        {
            return 1000
        }
        if unit.elementsEqual("ns".utf8) { return 1 }
        throw GoDuration.Fault(
            message: "time: unknown unit \(Self.quote(unit)) in duration \(Self.quote(bytes[...]))")
    }

    private var isDigit: Bool { bytes[index] >= UInt8(ascii: "0") && bytes[index] <= UInt8(ascii: "9") }

    private var invalid: GoDuration.Fault {
        GoDuration.Fault(message: "time: invalid duration \(Self.quote(bytes[...]))")
    }

    /// As Go's time package quotes, which is not `%q`: everything that is not printable ASCII, byte by byte.
    private static func quote(_ bytes: ArraySlice<UInt8>) -> String {
        var result = "\""
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                result += "\\"
                result.unicodeScalars.append(Unicode.Scalar(byte))
            case 0x20..<0x80: result.unicodeScalars.append(Unicode.Scalar(byte))
            default: result += (byte < 16 ? "\\x0" : "\\x") + String(byte, radix: 16)
            }
        }
        return result + "\""
    }
}
