internal import Reactor

/// The keys of one lane's jobs.
///
/// ```
/// 's' namespace app          name              the job as submitted; version: its generation
/// 'p' namespace app          name              where it stands;      version: the number of its last result
/// 'd' namespace app partition time name        the due order;        version: the job's generation
/// 'h' namespace app partition route time name  keys held for long    (reserved)
/// 'w' namespace app partition                  the due order's low-water mark: a due key
/// 'm' what                                     format, store id, reserved generations
/// ```
///
/// Namespace, app and route are preceded by their length, in two bytes; the name comes last and as it is. A time is its
/// seconds with the sign bit flipped, then its nanoseconds, both big-endian, so that 1969 and the year 9999 both sort.
package struct LaneKeys: Sendable {
    private let specHead: [UInt8]
    private let progressHead: [UInt8]
    private let dueHead: [UInt8]
    private let markKey: [UInt8]

    /// The keys of an app's jobs, in one partition of it; 0 on one machine.
    package init(namespace: String, appID: String, partition: UInt32 = 0) {
        var owner: [UInt8] = []
        for part in [namespace, appID] {
            precondition(
                part.utf8.count <= Int(UInt16.max), "a namespace and an app id have at most 65,535 bytes")
            owner.append(bigEndian: UInt16(part.utf8.count))
            owner.append(contentsOf: part.utf8)
        }
        var lane = owner
        lane.append(bigEndian: partition)
        specHead = [UInt8(ascii: "s")] + owner
        progressHead = [UInt8(ascii: "p")] + owner
        dueHead = [UInt8(ascii: "d")] + lane
        markKey = [UInt8(ascii: "w")] + lane
    }

    /// Writes the key of a job's record into `key`, replacing what is there.
    package func spec(_ name: [UInt8], into key: inout [UInt8]) { Self.join(specHead, name, into: &key) }

    /// Writes the bounds of the records of all jobs whose names begin with `prefix` and stand behind `after`.
    package func specs(
        beginningWith prefix: [UInt8], after: [UInt8]?, from first: inout [UInt8], to end: inout [UInt8]
    ) {
        spec(prefix, into: &end)
        // The first key that begins otherwise. It never runs out of bytes: the first one is a letter.
        while let last = end.popLast() {
            if last == 0xFF { continue }
            end.append(last + 1)
            break
        }
        spec(after ?? prefix, into: &first)
        if after != nil { first.append(0) }
    }

    /// The name in the key of a job's record.
    package func specName(of key: UnsafeRawBufferPointer) -> [UInt8] {
        unsafe Array(key.dropFirst(specHead.count))
    }

    /// Writes the key of a job's progress into `key`.
    package func progress(_ name: [UInt8], into key: inout [UInt8]) {
        Self.join(progressHead, name, into: &key)
    }

    /// Writes a job's key in the due order into `key`.
    package func due(_ due: DueKey, into key: inout [UInt8]) {
        key.removeAll(keepingCapacity: true)
        key.append(contentsOf: dueHead)
        key.append(bigEndian: UInt64(bitPattern: due.time.seconds) ^ (1 << 63))
        key.append(bigEndian: due.time.nanoseconds)
        key.append(contentsOf: due.name)
    }

    /// Writes the key after the last one of the due order into `key`.
    package func dueEnd(into key: inout [UInt8]) {
        key.removeAll(keepingCapacity: true)
        key.append(contentsOf: dueHead)
        key.append(contentsOf: [UInt8](repeating: 0xFF, count: 13))
    }

    /// Writes the key of the lane's low-water mark into `key`.
    package func mark(into key: inout [UInt8]) {
        key.removeAll(keepingCapacity: true)
        key.append(contentsOf: markKey)
    }

    /// Reads a key of the due order; `nil` for anything else.
    package func decodeDue(_ key: UnsafeRawBufferPointer) -> DueKey? {
        let head = dueHead.count
        guard key.count >= head + 12, unsafe key.prefix(head).elementsEqual(dueHead) else { return nil }
        let seconds = unsafe key.loadUnaligned(fromByteOffset: head, as: UInt64.self)
        let nanoseconds = unsafe key.loadUnaligned(fromByteOffset: head + 8, as: UInt32.self)
        guard UInt32(bigEndian: nanoseconds) < 1_000_000_000 else { return nil }
        let time = WallTime(
            seconds: Int64(bitPattern: UInt64(bigEndian: seconds) ^ (1 << 63)),
            nanoseconds: UInt32(bigEndian: nanoseconds))
        return DueKey(time: time, name: unsafe Array(key[(head + 12)...]))
    }

    private static func join(_ head: [UInt8], _ name: [UInt8], into key: inout [UInt8]) {
        key.removeAll(keepingCapacity: true)
        key.append(contentsOf: head)
        key.append(contentsOf: name)
    }
}

/// The keys of what belongs to a store as a whole.
package enum StoreKeys {
    /// The version of the layout of keys and records.
    package static let format = Array("mformat".utf8)
    /// What tells this store from every other.
    package static let storeID = Array("mid".utf8)
    /// Generations up to this version may be in use.
    package static let generation = Array("mgeneration".utf8)
}

extension [UInt8] {
    /// Appends a number, its highest byte first, so that the order of bytes is the order of numbers.
    mutating func append(bigEndian value: some FixedWidthInteger) {
        unsafe Swift.withUnsafeBytes(of: value.bigEndian) { unsafe append(contentsOf: $0) }
    }
}
