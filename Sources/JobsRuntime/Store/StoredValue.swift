/// How a value lies in a store: its version in eight big-endian bytes, then itself.
enum StoredValue {
    static let versionSize = 8

    static func append(version: UInt64, to bytes: inout FlatArray<UInt8>) {
        for shift in stride(from: 56, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: version >> shift))
        }
    }

    /// The version; `nil` if the bytes are too few for one.
    static func version(of stored: UnsafeRawBufferPointer) -> UInt64? {
        guard stored.count >= versionSize else { return nil }
        return UInt64(bigEndian: unsafe stored.loadUnaligned(as: UInt64.self))
    }

    /// The value itself, of bytes that have a version.
    static func value(of stored: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(rebasing: stored[versionSize...])
    }
}
