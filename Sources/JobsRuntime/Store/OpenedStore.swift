/// What a store says of itself when it is opened: its format, its id, and which generations may be in use.
package struct OpenedStore: Sendable {
    /// The layout of keys and records that this version writes.
    package static let format: UInt64 = 1

    /// What tells this store from every other.
    package let storeID: UInt64
    /// Generations up to here may be in use.
    package let reservedGeneration: UInt64

    /// Reads the store's own keys, or writes them into a new store.
    ///
    /// - Parameter newStoreID: the id of a store that has none yet; random, but under a seed.
    package init(_ store: any OrderedStore, newStoreID: UInt64) throws(StoreError) {
        var value: [UInt8] = []
        if let format = try store.get(StoreKeys.format, into: &value) {
            guard format <= Self.format else {
                throw StoreError(
                    code: .newerFormat,
                    message: "the store has format \(format), and this version reads up to \(Self.format): "
                        + "use the version that wrote it, or another data folder")
            }
            guard let id = try store.get(StoreKeys.storeID, into: &value) else {
                throw StoreError(corruption: "it has a format and no id")
            }
            storeID = id
            reservedGeneration = try store.get(StoreKeys.generation, into: &value) ?? 0
            return
        }
        storeID = newStoreID
        reservedGeneration = 0
        let group = OperationGroup()
        group.begin(tag: 0)
        group.require(absent: StoreKeys.format)
        group.put(StoreKeys.format, version: Self.format)
        group.put(StoreKeys.storeID, version: newStoreID)
        try store.commit(group)
    }

    /// The low-water mark of a lane: where to begin to read its due order.
    package static func mark(of keys: LaneKeys, in store: any OrderedStore) throws(StoreError) -> DueKey? {
        var key: [UInt8] = []
        var value: [UInt8] = []
        keys.mark(into: &key)
        guard try store.get(key, into: &value) != nil else { return nil }
        let mark = unsafe value.withUnsafeBytes { unsafe keys.decodeDue($0) }
        guard let mark else { throw StoreError(corruption: "a lane's low-water mark cannot be read") }
        return mark
    }
}
