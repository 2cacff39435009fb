/// Text in double quotes as Go's `%q` prints it, which is how the contract's messages quote a name.
enum GoQuote {
    /// Quotes bytes; what is no UTF-8 is shown byte by byte, as `\xff`.
    static func quoted(_ bytes: [UInt8]) -> String {
        var result = "\""
        var index = 0
        let span = bytes.span
        while index < span.count {
            guard let length = UTF8Sequence.length(at: index, in: span) else {
                result += "\\x" + hexadecimal(UInt32(span[index]), digits: 2)
                index += 1
                continue
            }
            for scalar in String(decoding: bytes[index..<index + length], as: UTF8.self).unicodeScalars {
                append(scalar, to: &result)
            }
            index += length
        }
        return result + "\""
    }

    /// The same bytes without quotes, and with escapes for control characters and broken UTF-8 alone.
    static func withoutControls(_ bytes: [UInt8]) -> String {
        var result = ""
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            if scalar.properties.generalCategory == .control {
                append(scalar, to: &result)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func append(_ scalar: Unicode.Scalar, to result: inout String) {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\u{07}": result += "\\a"
        case "\u{08}": result += "\\b"
        case "\u{0C}": result += "\\f"
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        case "\u{0B}": result += "\\v"
        case _ where scalar.value < 0x20 || scalar.value == 0x7F:
            result += "\\x" + hexadecimal(scalar.value, digits: 2)
        case _ where scalar.properties.generalCategory == .control:
            result += "\\u" + hexadecimal(scalar.value, digits: 4)
        default: result.unicodeScalars.append(scalar)
        }
    }

    private static func hexadecimal(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}
