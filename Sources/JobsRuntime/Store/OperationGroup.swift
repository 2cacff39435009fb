/// Operations waiting for one commit, each a list of conditions and a list of writes, in flat memory that is used again.
///
/// Filled on one thread, handed over whole, read on another; never both at once. An entry costs no allocation once the
/// group has been as large before.
///
/// # Layout
/// Three flat arrays. The arena has each entry's key and, right behind it, its tail: for a put what a store keeps (the
/// version in eight big-endian bytes, then the value). Entries point into the arena, operations at their first entry.
@safe package final class OperationGroup {
    /// What became of an operation.
    package enum Verdict: Equatable {
        /// Its conditions held, its writes are stored.
        case applied
        /// A condition did not hold; nothing of it is stored.
        case refused
    }

    /// What an emptied group keeps for its next use; one large body must not stay for ever.
    package enum Limits {
        /// Bytes of keys and values.
        package static let keptBytes = 1 << 20
        /// Conditions and writes; likewise operations.
        package static let keptEntries = 1 << 14
    }

    struct Entry: BitwiseCopyable {
        enum Kind: UInt8, BitwiseCopyable { case requireAbsent, requireVersion, put, delete }
        var offset: Int
        let version: UInt64
        let keyCount: Int
        let tailCount: Int
        let kind: Kind
    }

    private struct Operation: BitwiseCopyable {
        let tag: UInt64
        var firstEntry: Int
        var isApplied: Bool
    }

    private var arena = FlatArray<UInt8>(minimumCapacity: 4096)
    private var entries = FlatArray<Entry>(minimumCapacity: 64)
    private var operations = FlatArray<Operation>(minimumCapacity: 16)

    /// An empty group.
    package init() {}

    /// How many operations were begun.
    package var count: Int { operations.count }

    /// The bytes of all keys and values, with eight for each version stored.
    package var byteCount: Int { arena.count }

    /// Starts an operation and answers its number; the tag is the caller's own.
    @discardableResult package func begin(tag: UInt64) -> Int {
        operations.append(Operation(tag: tag, firstEntry: entries.count, isApplied: false))
        return operations.count - 1
    }

    /// The operation holds only if there is no such key.
    package func require(absent key: Span<UInt8>) { add(.requireAbsent, key, version: 0) }

    /// The operation holds only if the key's value has this version.
    package func require(version: UInt64, of key: Span<UInt8>) { add(.requireVersion, key, version: version) }

    /// Writes a value, in place of any that is there.
    package func put(_ key: Span<UInt8>, version: UInt64, _ value: Span<UInt8>) {
        add(.put, key, version: version, tailCount: StoredValue.versionSize + value.count)
        StoredValue.append(version: version, to: &arena)
        arena.append(contentsOf: value)
    }

    /// Removes a key, if it is there.
    package func delete(_ key: Span<UInt8>) { add(.delete, key, version: 0) }

    /// The tag that an operation was begun with.
    package func tag(of operation: Int) -> UInt64 { operations[operation].tag }

    /// What the last commit said; good once it returned.
    package func verdict(of operation: Int) -> Verdict {
        operations[operation].isApplied ? .applied : .refused
    }

    /// Puts the operations of another group behind those of this one; their numbers grow by the count before.
    package func append(contentsOf other: OperationGroup) {
        precondition(other !== self, "a group cannot be put behind itself")
        let bytes = arena.count
        let entriesBefore = entries.count
        let operationsBefore = operations.count
        arena.append(contentsOf: other.arena)
        entries.append(contentsOf: other.entries)
        operations.append(contentsOf: other.operations)
        for index in entriesBefore..<entries.count { entries[index].offset += bytes }
        for index in operationsBefore..<operations.count { operations[index].firstEntry += entriesBefore }
    }

    /// Empties the group; memory up to `Limits` stays for the next use.
    package func removeAll() {
        arena.removeAll(keeping: Limits.keptBytes)
        entries.removeAll(keeping: Limits.keptEntries)
        operations.removeAll(keeping: Limits.keptEntries)
    }

    private func add(_ kind: Entry.Kind, _ key: Span<UInt8>, version: UInt64, tailCount: Int = 0) {
        precondition(operations.count > 0, "an entry belongs to an operation: begin one first")
        precondition(key.count > 0, "a key has at least one byte")
        entries.append(
            Entry(
                offset: arena.count, version: version, keyCount: key.count, tailCount: tailCount, kind: kind))
        arena.append(contentsOf: key)
    }
}

/// What the engines see: entries, and pointers into the arena that are good as long as nothing is added.
extension OperationGroup {
    var entryCount: Int { entries.count }

    func entry(_ index: Int) -> Entry { entries[index] }

    func entries(of operation: Int) -> Range<Int> {
        let next = operation + 1
        let end = next < operations.count ? operations[next].firstEntry : entries.count
        return operations[operation].firstEntry..<end
    }

    func isApplied(_ operation: Int) -> Bool { operations[operation].isApplied }

    func settle(_ operation: Int, applied: Bool) { operations[operation].isApplied = applied }

    func key(of entry: Entry) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: arena.start + entry.offset, count: entry.keyCount)
    }

    func tail(of entry: Entry) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(
            start: arena.start + entry.offset + entry.keyCount, count: entry.tailCount)
    }
}
