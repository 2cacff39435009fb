/// The walker's oracle: JSON by recursive descent, slow and plain, written from RFC 8259 and the project's
/// extra rules.
struct SlowJSON {
    private let bytes: [UInt8]
    private let asked: Set<[UInt8]>
    private var index = 0
    /// Whether keys are judged: within a field that was asked for.
    private var isAsked = false

    /// Whether a text is one JSON value without lone surrogates and numbers that no double holds, and the fields of
    /// its outermost object that were asked for are given once and hold no key twice.
    static func accepts(_ bytes: [UInt8], asked: [String]) -> Bool {
        guard String(validating: bytes, as: UTF8.self) != nil else { return false }
        var reader = SlowJSON(bytes: bytes, asked: Set(asked.map { Array($0.utf8) }))
        return reader.value(depth: 0) && reader.skipSpace() && reader.index == bytes.count
    }

    private init(bytes: [UInt8], asked: Set<[UInt8]>) {
        self.bytes = bytes
        self.asked = asked
    }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipSpace() -> Bool {
        while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { index += 1 }
        return true
    }

    private mutating func take(_ text: String) -> Bool {
        guard bytes[index...].starts(with: text.utf8) else { return false }
        index += text.utf8.count
        return true
    }

    private mutating func value(depth: Int) -> Bool {
        _ = skipSpace()
        switch next {
        case UInt8(ascii: "{"): return depth < 512 && object(depth: depth + 1)
        case UInt8(ascii: "["): return depth < 512 && array(depth: depth + 1)
        case UInt8(ascii: "\""): return string() != nil
        default: return literal() || number()
        }
    }

    private mutating func literal() -> Bool {
        for word in ["true", "false", "null"] where take(word) { return true }
        return false
    }

    private mutating func object(depth: Int) -> Bool {
        var keys: Set<[UInt8]> = []
        index += 1
        _ = skipSpace()
        if take("}") { return true }
        repeat {
            _ = skipSpace()
            guard let key = string() else { return false }
            if depth == 1 { isAsked = asked.contains(key) }
            guard keys.insert(key).inserted || !isAsked, skipSpace(), take(":"), value(depth: depth) else {
                return false
            }
            if depth == 1 { isAsked = false }
            _ = skipSpace()
        } while take(",")
        return take("}")
    }

    private mutating func array(depth: Int) -> Bool {
        index += 1
        _ = skipSpace()
        if take("]") { return true }
        repeat {
            guard value(depth: depth), skipSpace() else { return false }
        } while take(",")
        return take("]")
    }

    private mutating func string() -> [UInt8]? {
        guard take("\"") else { return nil }
        var units: [UInt16] = []
        var content: [UInt8] = []
        // Escapes and plain text go through UTF-16, where a lone half shows at once.
        func flush() -> Bool {
            guard let text = String(validating: units, as: UTF16.self) else { return false }
            content += text.utf8
            units = []
            return true
        }
        while let byte = next {
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return flush() ? content : nil
            case UInt8(ascii: "\\"):
                guard let unit = escape() else { return nil }
                units.append(unit)
            case 0..<0x20: return nil
            default:
                guard flush() else { return nil }
                content.append(byte)
            }
        }
        return nil
    }

    private mutating func escape() -> UInt16? {
        guard let letter = next else { return nil }
        index += 1
        if letter == UInt8(ascii: "u") {
            let digits = bytes[index...].prefix(4)
            guard digits.count == 4,
                digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit && $0 < 0x80 })
            else {
                return nil
            }
            index += 4
            return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        }
        let letters = Array(#""\/bfnrt"#.utf8)
        let meanings: [UInt16] = [0x22, 0x5C, 0x2F, 0x08, 0x0C, 0x0A, 0x0D, 0x09]
        return letters.firstIndex(of: letter).map { meanings[$0] }
    }

    private mutating func number() -> Bool {
        let start = index
        _ = take("-")
        if !take("0") {
            guard digits() else { return false }
        }
        if take(".") {
            guard digits() else { return false }
        }
        if take("e") || take("E") {
            _ = take("+") || take("-")
            guard digits() else { return false }
        }
        // The standard library's reader goes through strtod: too large is infinite, too small is 0.
        guard let value = Double(String(decoding: bytes[start..<index], as: UTF8.self)) else { return false }
        return value.isFinite
    }

    private mutating func digits() -> Bool {
        let start = index
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
        return index > start
    }
}
