/// JSON strings as the two Go libraries behind the contract write them.
///
/// Documents of jobs come from protobuf's JSON writer, error documents from `encoding/json`. They differ in
/// what they escape; clients compare bytes.
package enum JSONString {
    /// Whose habits are kept.
    package enum Style {
        /// `encoding/json`: also escapes `<`, `>`, `&`, U+2028 and U+2029, and shows broken UTF-8 as
        /// `\ufffd`.
        case go
        /// protobuf's JSON: escapes only what must be.
        case protobuf
    }

    /// Appends a string with its quotes.
    package static func append(_ text: String, style: Style, to output: inout [UInt8]) {
        append(text.utf8Span.span, style: style, to: &output)
    }

    /// Appends bytes that should be UTF-8 as a string with its quotes.
    static func append(_ bytes: Span<UInt8>, style: Style, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte < 0x80 {
                appendASCII(byte, style: style, to: &output)
                index += 1
            } else if let length = UTF8Sequence.length(at: index, in: bytes) {
                if style == .go, length == 3, isLineSeparator(bytes, at: index) {
                    output.append(contentsOf: bytes[index + 2] == 0xA8 ? lineSeparator : paragraphSeparator)
                } else {
                    for next in index..<index + length { output.append(bytes[next]) }
                }
                index += length
            } else {
                output.append(contentsOf: replacement)
                index += 1
            }
        }
        output.append(UInt8(ascii: "\""))
    }

    private static let lineSeparator = Array("\\u2028".utf8)
    private static let paragraphSeparator = Array("\\u2029".utf8)
    private static let replacement = Array("\\ufffd".utf8)
    private static let hexadecimalDigits = Array("0123456789abcdef".utf8)

    private static func isLineSeparator(_ bytes: Span<UInt8>, at index: Int) -> Bool {
        bytes[index] == 0xE2 && bytes[index + 1] == 0x80 && bytes[index + 2] & 0xFE == 0xA8
    }

    private static func appendASCII(_ byte: UInt8, style: Style, to output: inout [UInt8]) {
        let letter: UInt8
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): letter = byte
        case 0x08: letter = UInt8(ascii: "b")
        case 0x0C: letter = UInt8(ascii: "f")
        case UInt8(ascii: "\n"): letter = UInt8(ascii: "n")
        case UInt8(ascii: "\r"): letter = UInt8(ascii: "r")
        case UInt8(ascii: "\t"): letter = UInt8(ascii: "t")
        case 0..<0x20: return appendNumeric(byte, to: &output)
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"):
            if style == .go { return appendNumeric(byte, to: &output) }
            return output.append(byte)
        default: return output.append(byte)
        }
        output.append(UInt8(ascii: "\\"))
        output.append(letter)
    }

    /// `\u003c` and the like.
    private static func appendNumeric(_ byte: UInt8, to output: inout [UInt8]) {
        output.append(contentsOf: [
            UInt8(ascii: "\\"), UInt8(ascii: "u"), UInt8(ascii: "0"), UInt8(ascii: "0"),
        ])
        output.append(hexadecimalDigits[Int(byte >> 4)])
        output.append(hexadecimalDigits[Int(byte & 15)])
    }
}
