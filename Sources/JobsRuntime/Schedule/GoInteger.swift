/// Decimal integers as Go's `strconv.Atoi` reads them: an optional sign and digits, nothing else, within 64 bits.
enum GoInteger {
    enum Result: Equatable {
        case value(Int)
        case syntax, range
    }

    /// Reads all of the bytes.
    static func parse(_ bytes: ArraySlice<UInt8>) -> Result {
        let isNegative = bytes.first == UInt8(ascii: "-")
        let digits = isNegative || bytes.first == UInt8(ascii: "+") ? bytes.dropFirst() : bytes
        guard !digits.isEmpty else { return .syntax }
        var magnitude: UInt64 = 0
        for byte in digits {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return .syntax }
            let (product, first) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, second) = product.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
            // Go looks no further once 64 bits are full, not even at what is no digit.
            if first || second { return .range }
            magnitude = sum
        }
        if isNegative, magnitude == 1 << 63 { return .value(.min) }
        guard let value = Int(exactly: magnitude) else { return .range }
        return .value(isNegative ? -value : value)
    }
}
