/// White space as Go's `unicode.IsSpace` knows it, which is what separates the fields of a cron expression.
enum GoSpace {
    /// How many bytes the white space at `index` takes; 0 where there is none.
    static func length(at index: Int, in bytes: [UInt8]) -> Int {
        let byte = bytes[index]
        if byte < 0x80 { return byte == 0x20 || (0x09...0x0D).contains(byte) ? 1 : 0 }
        let second = index + 1 < bytes.count ? bytes[index + 1] : 0
        let third = index + 2 < bytes.count ? bytes[index + 2] : 0
        switch (byte, second, third) {
        case (0xC2, 0x85, _), (0xC2, 0xA0, _): return 2
        // U+1680, U+2000 to U+200A, U+2028, U+2029, U+202F, U+205F, U+3000.
        case (0xE1, 0x9A, 0x80), (0xE2, 0x80, 0x80...0x8A), (0xE2, 0x80, 0xA8...0xA9), (0xE2, 0x80, 0xAF),
            (0xE2, 0x81, 0x9F), (0xE3, 0x80, 0x80):
            return 3
        default: return 0
        }
    }

    /// Where the first white space at or after `start` is, or `nil` for none.
    static func first(in bytes: [UInt8], from start: Int) -> Int? {
        (start..<bytes.count).first { length(at: $0, in: bytes) > 0 }
    }

    /// The runs of bytes between white space.
    static func fields(of bytes: [UInt8], from start: Int) -> [Range<Int>] {
        var fields: [Range<Int>] = []
        var index = start
        var begin = start
        while index < bytes.count {
            let length = length(at: index, in: bytes)
            if length == 0 {
                index += 1
                continue
            }
            if begin < index { fields.append(begin..<index) }
            index += length
            begin = index
        }
        if begin < bytes.count { fields.append(begin..<bytes.count) }
        return fields
    }
}
