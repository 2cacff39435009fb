import JobsRuntime
import Testing

@Suite("What a store says of itself")
struct OpenedStoreTests {
    @Test("a store keeps the id that it was given first")
    func identity() throws {
        let store = MemoryStore()
        #expect(try OpenedStore(store, newStoreID: 7).storeID == 7)
        #expect(try OpenedStore(store, newStoreID: 8).storeID == 7)
        try store.reopen()
        #expect(try OpenedStore(store, newStoreID: 9).storeID == 7)
    }

    @Test("a newer format is refused with what to do about it, and left as it is")
    func newerFormat() throws {
        let store = MemoryStore()
        _ = try OpenedStore(store, newStoreID: 7)
        let newer = OpenedStore.format + 1
        try Self.put(StoreKeys.format, version: newer, in: store)
        let error = #expect(throws: StoreError.self) { try OpenedStore(store, newStoreID: 8) }
        #expect(error?.code == .newerFormat)
        #expect(error?.message.contains("format \(newer)") == true, "\(error?.message ?? "")")
        var value: [UInt8] = []
        let key = StoreKeys.format
        let version = try store.get(key.span, into: &value)
        #expect(version == newer)
    }

    @Test("a store with a format and no id is damaged")
    func noID() throws {
        let store = MemoryStore()
        try Self.put(StoreKeys.format, version: OpenedStore.format, in: store)
        let error = #expect(throws: StoreError.self) { try OpenedStore(store, newStoreID: 8) }
        #expect(error?.code == .corruption)
    }

    @Test("generations start behind those that may be in use")
    func reservedGenerations() throws {
        let store = MemoryStore()
        #expect(try OpenedStore(store, newStoreID: 7).reservedGeneration == 0)
        try Self.put(StoreKeys.generation, version: 65_537, in: store)
        #expect(try OpenedStore(store, newStoreID: 7).reservedGeneration == 65_537)
    }

    @Test("a lane's mark that cannot be read is damage")
    func damagedMark() throws {
        let store = MemoryStore()
        let keys = LaneKeys(namespace: "default", appID: "garage")
        #expect(try OpenedStore.mark(of: keys, in: store) == nil)
        var key: [UInt8] = []
        keys.mark(into: &key)
        try Self.put(key, version: 0, in: store)
        let error = #expect(throws: StoreError.self) { try OpenedStore.mark(of: keys, in: store) }
        #expect(error?.code == .corruption)
    }

    private static func put(_ key: [UInt8], version: UInt64, in store: MemoryStore) throws {
        let group = OperationGroup()
        group.begin(tag: 0)
        let empty: [UInt8] = []
        group.put(key.span, version: version, empty.span)
        try store.commit(group)
    }
}
