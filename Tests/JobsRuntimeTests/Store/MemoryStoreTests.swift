import JobsRuntime
import Testing

@Suite("MemoryStore")
struct MemoryStoreTests {
    private static let full = StoreError(code: .full, message: "the test's disk is full: go on")

    @Test("a group that failed is there after the reopen, or not, as told", arguments: [true, false])
    func fault(keeps: Bool) throws {
        let store = MemoryStore()
        try store.put("a")
        store.fault = .init(Self.full, keeps ? .afterWriting : .beforeWriting)
        #expect(throws: Self.full) { try store.put("b") }
        #expect(throws: Self.full) { try store.reopen() }
        store.fault = nil
        // As with RocksDB: what failed is not mended by the next try, but by opening again.
        #expect(throws: StoreError.self) { try store.put("c") }
        try store.reopen()
        #expect(try store.lines().map(\.key) == (keeps ? ["a", "b"] : ["a"]))
        try store.put("d")
        #expect(try store.line("d") != nil)
    }

    @Test("a hundred thousand keys stay in order, and a range of them goes")
    func many() throws {
        let store = MemoryStore()
        // A step that shares no factor with the count visits each number once, far from the one before.
        let count = 100_000
        let group = OperationGroup()
        for step in 0..<count {
            let number = step * 77_773 % count
            if step % 1000 == 0 {
                try store.commit(group)
                group.removeAll()
            }
            group.begin(tag: 0)
            group.require(absent: Self.key(number))
            group.put(Self.key(number), version: UInt64(number), "")
        }
        try store.commit(group)
        #expect(store.count == count)
        let lines = try store.lines()
        #expect(lines.map(\.version) == (0..<UInt64(count)).map { $0 })
        try store.commit {
            $0.begin(tag: 0)
            for number in 1234..<98_765 { $0.delete(Self.key(number)) }
        }
        #expect(try store.lines().map(\.version) == Array(0..<1234) + Array(98_765..<100_000))
        #expect(store.count == 1234 + 1235)
    }

    private static func key(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: 6 - digits.utf8.count) + digits
    }
}
