internal import Glibc

/// Bytes in a row that grow at the end: what is kept of a message between reads, or what waits to be sent.
///
/// There are always 64 readable bytes after the last one, as simdjson asks of a text. Memory is taken with the first
/// byte, kept while it is small, and given back when the buffer is emptied after having been large.
@safe package final class ByteBuffer {
    /// Readable bytes that follow the last one.
    package static let padding = 64
    private static let smallest = 512

    /// A buffer that was larger than this gives its memory back when it is emptied.
    private let keptCapacity: Int
    private var base: UnsafeMutableRawPointer?
    private var capacity = 0
    private var length = 0

    package init(keepingCapacity: Int = 64 << 10) { keptCapacity = keepingCapacity }

    deinit { unsafe free(base) }

    /// How many bytes it holds.
    package var count: Int { length }
    /// Whether it holds none.
    package var isEmpty: Bool { length == 0 }

    /// Its bytes, valid until it is next changed.
    package var bytes: UnsafeMutableRawBufferPointer {
        unsafe UnsafeMutableRawBufferPointer(start: base, count: length)
    }

    /// The bytes from `offset` on, valid until it is next changed.
    package func bytes(from offset: Int) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(rebasing: bytes[offset...])
    }

    /// Adds bytes, which must not be its own.
    package func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        unsafe memcpy(room(for: bytes.count), source, bytes.count)
        length += bytes.count
    }

    /// Adds text that is known when the program is built.
    package func append(_ text: StaticString) {
        unsafe memcpy(room(for: text.utf8CodeUnitCount), text.utf8Start, text.utf8CodeUnitCount)
        length += text.utf8CodeUnitCount
    }

    /// Adds bytes out of an array.
    package func append(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { unsafe append($0) }
    }

    /// Adds one byte.
    package func append(_ byte: UInt8) {
        unsafe room(for: 1).storeBytes(of: byte, as: UInt8.self)
        length += 1
    }

    /// Adds a number in decimal digits.
    package func append(decimal number: Int) {
        var magnitude = number.magnitude
        var digits = 1
        while magnitude >= 10 {
            magnitude /= 10
            digits += 1
        }
        if number < 0 { append(UInt8(ascii: "-")) }
        let start = unsafe room(for: digits)
        magnitude = number.magnitude
        for index in stride(from: digits - 1, through: 0, by: -1) {
            unsafe start.storeBytes(
                of: UInt8(ascii: "0") + UInt8(magnitude % 10), toByteOffset: index, as: UInt8.self)
            magnitude /= 10
        }
        length += digits
    }

    /// Drops the first `count` bytes; costs a move of the rest.
    package func removeFirst(_ count: Int) {
        precondition(count >= 0 && count <= length, "a buffer drops no more than it holds")
        if count == length { return removeAll() }
        guard count > 0, let base = unsafe base else { return }
        unsafe memmove(base, base + count, length - count)
        length -= count
    }

    /// Keeps the first `count` bytes.
    package func truncate(to count: Int) {
        precondition(count >= 0 && count <= length, "a buffer keeps no more than it holds")
        if count == 0 { return removeAll() }
        length = count
    }

    /// Drops everything, and the memory too if it was much.
    package func removeAll() {
        length = 0
        guard capacity > keptCapacity else { return }
        unsafe free(base)
        unsafe base = nil
        capacity = 0
    }

    /// Where the next byte goes, with room for `count` of them and the padding.
    private func room(for count: Int) -> UnsafeMutableRawPointer {
        if length + count > capacity || capacity == 0 { grow(by: count) }
        // `grow` has left memory behind, or the process has ended.
        guard let base = unsafe base else { preconditionFailure("a buffer that grew has memory") }
        return unsafe base + length
    }

    private func grow(by count: Int) {
        let wanted = max(Self.smallest, length + count, capacity * 2)
        guard let grown = unsafe realloc(base, wanted + Self.padding) else {
            preconditionFailure("out of memory: a buffer could not grow to \(wanted) bytes")
        }
        unsafe memset(grown + wanted, 0, Self.padding)
        unsafe base = grown
        capacity = wanted
    }
}
