/// The grammar of one header field, for heads and for trailers.
enum FieldScan {
    /// Moves `at` over a field's name to its colon; false if the bytes end before.
    static func name(_ bytes: MessageBytes, _ at: inout Int) throws(HTTPRefusal) -> Bool {
        let start = at
        while at < bytes.count {
            let byte = bytes[at]
            if byte == UInt8(ascii: ":"), at > start { return true }
            guard byte.isToken else {
                if at == start, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") {
                    throw HTTPRefusal(400, "a header field is folded over lines")
                }
                throw HTTPRefusal(400, "a header field's name is not a token with a colon right behind it")
            }
            at += 1
        }
        return false
    }

    /// Moves `at` over a field's value and its CR LF; `nil` if the bytes end before.
    static func value(_ bytes: MessageBytes, _ at: inout Int) throws(HTTPRefusal) -> MessageSlice? {
        while at < bytes.count, bytes[at].isBlank { at += 1 }
        let start = at
        while true {
            while at + 8 <= bytes.count, !hasControl(bytes.word(at: at)) { at += 8 }
            guard at < bytes.count else { return nil }
            let byte = bytes[at]
            if byte == UInt8(ascii: "\r") { break }
            guard byte.isFieldText else {
                throw HTTPRefusal(400, "a header field's value holds a control character")
            }
            at += 1
        }
        guard at + 1 < bytes.count else { return nil }
        guard bytes[at + 1] == UInt8(ascii: "\n") else {
            throw HTTPRefusal(400, "a CR stands without its LF")
        }
        var end = at
        while end > start, bytes[end - 1].isBlank { end -= 1 }
        at += 2
        return MessageSlice(start, end)
    }

    /// Whether one of eight bytes may be below 0x20 or be 0x7F.
    ///
    /// Never misses one; may cry wolf, for the slow way to see.
    private static func hasControl(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        let deleted = word ^ (ones &* 0x7F)
        let belowBlank = (word &- ones &* 0x20) & ~word
        let isDeleted = (deleted &- ones) & ~deleted
        return (belowBlank | isDeleted) & highs != 0
    }
}
