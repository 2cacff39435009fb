internal import Glibc

/// The bytes of a message, read with bounds checks: what a scanner of hostile input wants.
///
/// Lent, never kept: the memory is the caller's and valid while the call lasts that passed it in.
@safe struct MessageBytes {
    private let start: UnsafePointer<UInt8>?
    let count: Int

    init(_ bytes: UnsafeRawBufferPointer) {
        unsafe start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        count = bytes.count
    }

    /// At most `limit` of the bytes.
    init(_ bytes: UnsafeRawBufferPointer, limit: Int) {
        unsafe start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        count = min(bytes.count, limit)
    }

    subscript(_ index: Int) -> UInt8 {
        guard index >= 0, index < count, let start = unsafe start else {
            preconditionFailure("a byte past the end")
        }
        return unsafe start[index]
    }

    /// Eight bytes at once, in no particular order.
    func word(at index: Int) -> UInt64 {
        guard index >= 0, index + 8 <= count, let start = unsafe start else {
            preconditionFailure("a word past the end")
        }
        return unsafe UnsafeRawPointer(start + index).loadUnaligned(as: UInt64.self)
    }

    /// Whether `text` stands at `offset`, byte for byte.
    func matches(_ text: StaticString, at offset: Int) -> Bool {
        let wanted = text.utf8CodeUnitCount
        guard offset + wanted <= count else { return false }
        for index in 0..<wanted where unsafe self[offset + index] != text.utf8Start[index] { return false }
        return true
    }

    /// Whether `text` stands at `offset`, byte for byte.
    func matches(_ text: [UInt8], at offset: Int) -> Bool {
        guard offset >= 0, offset + text.count <= count else { return false }
        return unsafe text.withUnsafeBytes { wanted in
            guard let wantedStart = wanted.baseAddress, let start = unsafe start else { return text.isEmpty }
            return unsafe memcmp(wantedStart, start + offset, wanted.count) == 0
        }
    }

    /// Whether `text`, which is in lower case, stands at `offset` in any case.
    func matches(lowercase text: StaticString, at offset: Int) -> Bool {
        let wanted = text.utf8CodeUnitCount
        guard offset + wanted <= count else { return false }
        for index in 0..<wanted where unsafe self[offset + index].lowercased != text.utf8Start[index] {
            return false
        }
        return true
    }

    /// Where `byte` stands first from `start` on; `end` if it does not stand before it.
    func firstIndex(of byte: UInt8, from start: Int, to end: Int) -> Int {
        var index = start
        while index < end, self[index] != byte { index += 1 }
        return index
    }

    /// A number of 1 to 18 decimal digits and nothing else.
    func decimal(_ slice: MessageSlice) -> Int? {
        guard (1...18).contains(slice.count) else { return nil }
        var number = 0
        for index in slice.range {
            guard self[index].isDigit else { return nil }
            number = number * 10 + Int(self[index] - UInt8(ascii: "0"))
        }
        return number
    }
}

/// A piece of a message, counted from the message's first byte.
struct MessageSlice {
    private let lower: UInt32
    private let length: UInt32

    init() { (lower, length) = (0, 0) }

    init(_ start: Int, _ end: Int) {
        lower = UInt32(truncatingIfNeeded: start)
        length = UInt32(truncatingIfNeeded: end - start)
    }

    var start: Int { Int(lower) }
    var end: Int { Int(lower) + Int(length) }
    var count: Int { Int(length) }
    var range: Range<Int> { start..<end }
}

extension UInt8 {
    /// Whether it may stand in a token (RFC 9110, 5.6.2).
    var isToken: Bool {
        // One bit a byte: 0-9 and !#$%&'*+-. below 64; A-Z, a-z and ^_`|~ from there on.
        let low: UInt64 = 0x03FF_6CFA_0000_0000
        let high: UInt64 = 0x57FF_FFFF_C7FF_FFFE
        if self < 64 { return low >> UInt64(self) & 1 != 0 }
        return self < 128 && high >> UInt64(self - 64) & 1 != 0
    }

    /// Whether it may stand in a host with a port (RFC 3986, 3.2): a name, an address or a literal in brackets.
    var isHost: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: ":"), UInt8(ascii: "%")...UInt8(ascii: "."), UInt8(ascii: "["),
            UInt8(ascii: "]"), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "!"), UInt8(ascii: "$"),
            UInt8(ascii: ";"), UInt8(ascii: "="):
            true
        default: false
        }
    }

    /// Whether it may stand in a field's value: everything but control characters, and the tab.
    var isFieldText: Bool { self >= 0x20 && self != 0x7F || self == UInt8(ascii: "\t") }

    var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
    var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
    var lowercased: UInt8 { self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") ? self | 0x20 : self }

    /// The value of a hexadecimal digit.
    var hexadecimal: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
