/// Percent-decoding as a query component has it.
package enum PercentDecoding {
    /// Decodes `%41` to `A`, and `+` to a space; `nil` where a percent sign is not followed by two hexadecimal digits.
    package static func queryComponent(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        let source = unsafe MessageBytes(bytes)
        var index = 0
        while index < source.count {
            switch source[index] {
            case UInt8(ascii: "%"):
                guard index + 2 < source.count, let high = source[index + 1].hexadecimal,
                    let low = source[index + 2].hexadecimal
                else { return nil }
                decoded.append(high << 4 | low)
                index += 3
            case UInt8(ascii: "+"):
                decoded.append(UInt8(ascii: " "))
                index += 1
            default:
                decoded.append(source[index])
                index += 1
            }
        }
        return decoded
    }
}
