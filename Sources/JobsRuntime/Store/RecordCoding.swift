internal import Reactor

/// Writes the fields of a record: a tag, a length and the bytes of each.
///
/// A reader skips a tag that it does not know if it is 64 or above, and refuses it below: a field that changes when a job
/// fires must not be overlooked by an older program.
struct RecordWriter {
    private(set) var bytes: [UInt8]

    init(reserving capacity: Int) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    mutating func add(_ tag: UInt8, _ value: [UInt8]) {
        addHead(tag, count: value.count)
        bytes.append(contentsOf: value)
    }

    mutating func add(_ tag: UInt8, _ text: String?) {
        guard let text else { return }
        addHead(tag, count: text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }

    mutating func add(_ tag: UInt8, _ number: UInt64) {
        addHead(tag, count: 8)
        bytes.append(bigEndian: number)
    }

    mutating func add(_ tag: UInt8, _ time: WallTime) {
        addHead(tag, count: 12)
        bytes.append(bigEndian: time.seconds)
        bytes.append(bigEndian: time.nanoseconds)
    }

    private mutating func addHead(_ tag: UInt8, count: Int) {
        bytes.append(tag)
        var rest = UInt32(count)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

/// Reads the fields of a record one by one.
///
/// Never traps, whatever the bytes are.
struct RecordReader {
    private let bytes: [UInt8]
    private let what: StaticString
    private var position = 0
    private var lastTag = -1

    init(_ bytes: [UInt8], what: StaticString) {
        self.bytes = bytes
        self.what = what
    }

    /// One field, as a range of the record.
    struct Field {
        let tag: UInt8
        let range: Range<Int>
    }

    /// The next field, or `nil` at the end.
    ///
    /// Tags ascend: a field that came twice would hide that another is missing.
    mutating func next() throws(StoreError) -> Field? {
        guard position < bytes.count else { return nil }
        let tag = bytes[position]
        guard Int(tag) > lastTag else { throw damaged() }
        lastTag = Int(tag)
        position += 1
        var count = 0
        var shift = 0
        while true {
            guard position < bytes.count, shift <= 28 else { throw damaged() }
            let byte = bytes[position]
            position += 1
            count |= Int(byte & 0x7F) << shift
            shift += 7
            if byte < 0x80 { break }
        }
        guard count <= bytes.count - position else { throw damaged() }
        defer { position += count }
        return Field(tag: tag, range: position..<position + count)
    }

    func array(_ field: Field) -> [UInt8] { Array(bytes[field.range]) }

    func text(_ field: Field) throws(StoreError) -> String {
        guard let text = String(validating: bytes[field.range], as: UTF8.self) else { throw damaged() }
        return text
    }

    func number(_ field: Field) throws(StoreError) -> UInt64 {
        guard field.range.count == 8 else { throw damaged() }
        return bytes[field.range].reduce(0) { $0 << 8 | UInt64($1) }
    }

    func time(_ field: Field) throws(StoreError) -> WallTime {
        guard field.range.count == 12 else { throw damaged() }
        let split = field.range.lowerBound + 8
        let seconds = bytes[field.range.lowerBound..<split].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let nanoseconds = bytes[split..<field.range.upperBound].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard nanoseconds < 1_000_000_000 else { throw damaged() }
        return WallTime(seconds: Int64(bitPattern: seconds), nanoseconds: nanoseconds)
    }

    /// Refuses a field that this version does not know, unless it may be skipped.
    func skip(_ field: Field) throws(StoreError) {
        guard field.tag < 64 else { return }
        throw .record(
            .newerFormat,
            "a \(what) holds field \(field.tag), which this version does not know: use a newer one")
    }

    func damaged() -> StoreError {
        .record(.corruption, "the store is damaged: a \(what) of \(bytes.count) bytes cannot be read")
    }
}
