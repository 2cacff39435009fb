internal import CSimdjson

/// What is wrong with a JSON text, and where.
package struct JSONFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// So many bytes of the token at fault are shown.
    static let longestToken = 64

    /// One clause, such as `unexpected token tru (byte 5)`.
    package let description: String

    init(_ status: csimdjson_status, offset: Int, token: [UInt8]) {
        let isWhole = token.count <= Self.longestToken
        let shown = String(decoding: token.prefix(Self.longestToken), as: UTF8.self) + (isWhole ? "" : "…")
        let place = "\(shown) (byte \(offset))"
        description =
            switch status {
            case CSIMDJSON_EMPTY: "syntax error: there is nothing but white space"
            case CSIMDJSON_TRUNCATED: "syntax error: the text ends inside a value (byte \(offset))"
            case CSIMDJSON_NO_VALUE: "syntax error: a value was expected, not \(place)"
            case CSIMDJSON_NO_KEY: "syntax error: a quoted key was expected, not \(place)"
            case CSIMDJSON_NO_COLON: "syntax error: a colon was expected, not \(place)"
            case CSIMDJSON_NO_COMMA: "syntax error: a comma or the end of the list was expected, not \(place)"
            case CSIMDJSON_TRAILING: "syntax error: nothing may follow the value, but there is \(place)"
            case CSIMDJSON_BAD_NUMBER: "syntax error: \(shown) is not a number (byte \(offset))"
            case CSIMDJSON_NUMBER_TOO_LARGE: "number out of range: \(place)"
            case CSIMDJSON_BAD_ESCAPE: "syntax error: unknown escape in the string \(place)"
            case CSIMDJSON_LONE_SURROGATE: "syntax error: half a surrogate pair in the string \(place)"
            case CSIMDJSON_CONTROL_CHARACTER:
                "syntax error: a string has a control character that is not escaped"
            case CSIMDJSON_UNCLOSED_STRING: "syntax error: a string is not closed"
            case CSIMDJSON_BAD_UTF8: "syntax error: the text is not UTF-8"
            case CSIMDJSON_TOO_DEEP:
                "more than \(JSONWalker.deepestNesting) objects and arrays within each other"
            case CSIMDJSON_DUPLICATE_KEY: "duplicate key \(place)"
            default: "no memory to read it"
            }
    }
}
