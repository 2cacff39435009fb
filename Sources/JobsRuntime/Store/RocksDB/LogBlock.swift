/// A block of one of RocksDB's logs, looked at before RocksDB does: for the damage that it would pass over.
///
/// A flipped bit nearly always breaks a record's checksum, and RocksDB refuses the log. Two kinds it takes for the end of
/// the log instead, and drops silently all that follows, which was acknowledged:
/// - A length that runs past the end of the file, as in a record torn by a crash. But the checksum tells: no torn record
///   is whole once a bit of its length is turned.
/// - A type that only a recycled log has, as if what follows were left from the log's former life. We recycle none.
///
/// # Format
/// Blocks of 32 KiB, each a row of records: a masked CRC-32C of all that comes after the length, the length (two bytes,
/// all little-endian), a type byte, then so many bytes.
struct LogBlock {
    static let size = 32 * 1024
    private static let headerSize = 7
    private static let recycledTypes: ClosedRange<UInt8> = 5...8

    /// The block; the last one of a log is shorter.
    let bytes: [UInt8]

    /// Where the record begins whose header was changed, if one was.
    var damage: Int? {
        var start = 0
        while start + Self.headerSize <= bytes.count {
            if Self.recycledTypes.contains(bytes[start + 6]) { return start }
            let length = Int(bytes[start + 4]) | Int(bytes[start + 5]) << 8
            let next = start + Self.headerSize + length
            if next > bytes.count {
                return (0..<16).contains { isWhole(at: start, length: length ^ 1 << $0) } ? start : nil
            }
            start = next
        }
        return nil
    }

    private func isWhole(at start: Int, length: Int) -> Bool {
        let end = start + Self.headerSize + length
        guard end <= bytes.count else { return false }
        let stored = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) }
        return Self.mask(Self.crc32c(bytes[(start + 6)..<end])) == stored
    }

    // A checksum of bytes that hold checksums is weak, so they are stored turned and shifted.
    private static func mask(_ crc: UInt32) -> UInt32 { (crc >> 15 | crc << 17) &+ 0xA282_EAD8 }

    private static func crc32c(_ content: ArraySlice<UInt8>) -> UInt32 {
        ~content.reduce(~0) { crc, byte in table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ crc >> 8 }
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { crc, _ in crc & 1 == 0 ? crc >> 1 : crc >> 1 ^ 0x82F6_3B78 }
    }
}
