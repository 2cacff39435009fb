/// Cuts what a process prints into lines.
///
/// Bytes stay what they are, valid UTF-8 or not. A line ends with LF or CR LF, which are no part of it; a CR elsewhere is.
/// A line that is longer than `maximumBytes` is cut there and goes on as the next line, so that no program can fill the
/// memory by never ending one; the cut is moved in front of a character that it would split.
package struct LineSplitter {
    /// The longest line, without its end.
    package static let maximumBytes = 64 << 10

    private var line: [UInt8] = []
    /// A CR that is part of the line unless an LF follows.
    private var holdsReturn = false

    package init() {}

    /// Takes in what came, and calls `body` with each line that ends in it.
    package mutating func take(_ bytes: RawSpan, _ body: ([UInt8]) -> Void) {
        for offset in 0..<bytes.byteCount {
            let byte = unsafe bytes.unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
            if byte == UInt8(ascii: "\n") {
                holdsReturn = false
                emit(body)
                continue
            }
            if holdsReturn { add(UInt8(ascii: "\r"), body) }
            holdsReturn = byte == UInt8(ascii: "\r")
            if !holdsReturn { add(byte, body) }
        }
    }

    /// Nothing more comes: a last line without an end is one all the same.
    package mutating func finish(_ body: ([UInt8]) -> Void) {
        if holdsReturn { add(UInt8(ascii: "\r"), body) }
        holdsReturn = false
        if !line.isEmpty { emit(body) }
    }

    private mutating func add(_ byte: UInt8, _ body: ([UInt8]) -> Void) {
        if line.count == Self.maximumBytes {
            let cut = Self.cut(line, before: byte)
            body(Array(line[..<cut]))
            line.removeSubrange(..<cut)
        }
        line.append(byte)
    }

    private mutating func emit(_ body: ([UInt8]) -> Void) {
        body(line)
        line.removeAll(keepingCapacity: true)
    }

    /// Where a full line is cut: at its end, or before the character that `next` continues.
    private static func cut(_ line: [UInt8], before next: UInt8) -> Int {
        guard isContinuation(next) else { return line.count }
        // A character has at most four bytes, so its first is one of the last three.
        for index in (line.count - 3..<line.count).reversed() where !isContinuation(line[index]) {
            return line[index] >= 0xC0 ? index : line.count
        }
        return line.count
    }

    private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}
