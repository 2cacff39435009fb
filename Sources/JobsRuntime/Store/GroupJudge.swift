/// What a store knows of a key before a group is written.
protocol StoredVersions {
    /// The version of the key's value, or `nil` where there is none.
    func version(of key: UnsafeRawBufferPointer) throws(StoreError) -> UInt64?
}

/// Decides which operations of a group hold, the same way for every store that cannot do so itself.
///
/// Operations are judged in order, each over the store and over what those before it in the group wrote. The keys
/// written are in a hash table of places in the group, so that a condition costs one look there and, for a key that
/// the group has not touched, one at the store.
@safe final class GroupJudge {
    private enum Limits {
        /// What the table keeps between groups.
        static let keptSlots = 1 << 15
    }

    /// A place in the table: some bits of the key's hash, and the entry that wrote the key last.
    private struct Slot: BitwiseCopyable {
        static let free = Slot(mark: 0, entry: -1)
        let mark: UInt32
        let entry: Int32
    }

    private enum Overlay { case untouched, absent, version(UInt64) }

    private var slots = FlatArray<Slot>()
    private var mask = 0

    /// Sets the verdict of each operation.
    func judge(_ group: OperationGroup, over stored: some StoredVersions) throws(StoreError) {
        prepare(for: group)
        for operation in 0..<group.count {
            let holds = try holds(operation, of: group, over: stored)
            group.settle(operation, applied: holds)
            if holds { note(writesOf: operation, of: group) }
        }
    }

    private func prepare(for group: OperationGroup) {
        precondition(group.entryCount < Int(Int32.max) / 2, "more entries than a group can have")
        var size = 16
        while size < group.entryCount * 2 { size *= 2 }
        slots.removeAll(keeping: Limits.keptSlots)
        slots.refill(with: .free, count: size)
        mask = size - 1
    }

    private func holds(
        _ operation: Int, of group: OperationGroup, over stored: some StoredVersions
    ) throws(StoreError) -> Bool {
        for index in group.entries(of: operation) {
            let entry = group.entry(index)
            switch entry.kind {
            case .requireAbsent:
                if try version(entry, of: group, over: stored) != nil { return false }
            case .requireVersion:
                if try version(entry, of: group, over: stored) != entry.version { return false }
            case .put, .delete: continue
            }
        }
        return true
    }

    private func version(
        _ condition: OperationGroup.Entry, of group: OperationGroup, over stored: some StoredVersions
    ) throws(StoreError) -> UInt64? {
        let key = unsafe group.key(of: condition)
        switch unsafe overlay(key, of: group) {
        case .absent: return nil
        case .version(let version): return version
        case .untouched: return unsafe try stored.version(of: key)
        }
    }

    private func note(writesOf operation: Int, of group: OperationGroup) {
        for index in group.entries(of: operation) {
            let entry = group.entry(index)
            switch entry.kind {
            case .requireAbsent, .requireVersion: continue
            case .put, .delete:
                let mark = unsafe hash(group.key(of: entry))
                let place = unsafe find(group.key(of: entry), mark: mark, of: group)
                slots[place] = Slot(mark: mark, entry: Int32(index))
            }
        }
    }

    /// What the group did to a key: its last write counts.
    private func overlay(_ key: UnsafeRawBufferPointer, of group: OperationGroup) -> Overlay {
        let last = unsafe Int(slots[find(key, mark: hash(key), of: group)].entry)
        guard last >= 0 else { return .untouched }
        let entry = group.entry(last)
        return entry.kind == .put ? .version(entry.version) : .absent
    }

    /// The key's place in the table, or the free one where it belongs; at most half of all places are taken.
    private func find(_ key: UnsafeRawBufferPointer, mark: UInt32, of group: OperationGroup) -> Int {
        var place = Int(mark) & mask
        while slots[place].entry >= 0 {
            let slot = slots[place]
            let known = unsafe group.key(of: group.entry(Int(slot.entry)))
            if slot.mark == mark, unsafe KeyOrder.equal(known, key) { return place }
            place = (place + 1) & mask
        }
        return place
    }

    // Names come from clients: a hash without a secret would let them fill the table with collisions.
    private func hash(_ key: UnsafeRawBufferPointer) -> UInt32 {
        var hasher = Hasher()
        unsafe hasher.combine(bytes: key)
        return UInt32(truncatingIfNeeded: hasher.finalize())
    }
}
