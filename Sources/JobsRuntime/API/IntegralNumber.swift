/// Numbers that protobuf's JSON takes for an integer: also `3.0`, `3e0` and `30e-1`.
enum IntegralNumber {
    /// The value of a number in JSON's grammar, or `nil`: a sign, a fraction that is not 0, more than 32
    /// bits.
    static func unsigned(_ bytes: [UInt8]) -> UInt32? {
        var index = 0
        // Significant digits without the point: value = digits × 10^(exponent - digits behind the point).
        var digits = readDigits(bytes, &index)
        guard !digits.isEmpty, digits.count == 1 || digits[0] != 0 else { return nil }
        var exponent = 0
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            index += 1
            let fraction = readDigits(bytes, &index)
            guard !fraction.isEmpty else { return nil }
            digits += fraction
            exponent = -fraction.count
        }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            guard let written = readExponent(bytes, &index) else { return nil }
            exponent += written
        }
        guard index == bytes.count else { return nil }
        while digits.last == 0 {
            digits.removeLast()
            exponent += 1
        }
        if digits.isEmpty { return 0 }
        guard exponent >= 0, exponent <= 9 else { return nil }
        return value(digits + repeatElement(0, count: exponent))
    }

    private static func readDigits(_ bytes: [UInt8], _ index: inout Int) -> [UInt8] {
        let start = index
        while index < bytes.count, bytes[index] >= UInt8(ascii: "0"), bytes[index] <= UInt8(ascii: "9") {
            index += 1
        }
        return bytes[start..<index].map { $0 - UInt8(ascii: "0") }
    }

    private static func readExponent(_ bytes: [UInt8], _ index: inout Int) -> Int? {
        let isNegative = index < bytes.count && bytes[index] == UInt8(ascii: "-")
        if isNegative || (index < bytes.count && bytes[index] == UInt8(ascii: "+")) { index += 1 }
        let digits = readDigits(bytes, &index)
        guard !digits.isEmpty else { return nil }
        // Past a million it is 0 or far too large, whatever stands before it: a body has four million bytes
        // at most.
        var value = 0
        for digit in digits where value < 100_000_000 { value = value * 10 + Int(digit) }
        return isNegative ? -value : value
    }

    private static func value(_ digits: [UInt8]) -> UInt32? {
        var value: UInt32 = 0
        for digit in digits {
            let (product, first) = value.multipliedReportingOverflow(by: 10)
            let (sum, second) = product.addingReportingOverflow(UInt32(digit))
            if first || second { return nil }
            value = sum
        }
        return value
    }
}
