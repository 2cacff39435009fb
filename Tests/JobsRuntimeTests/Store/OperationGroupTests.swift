import JobsRuntime
import Testing

@Suite("OperationGroup")
struct OperationGroupTests {
    @Test("a group put behind another keeps its tags, conditions and writes")
    func append() throws {
        let store = MemoryStore()
        let first = OperationGroup()
        let second = OperationGroup()
        #expect(first.begin(tag: 10) == 0)
        first.put("a", version: 1, "one")
        #expect(second.begin(tag: 20) == 0)
        second.require(version: 1, of: "a")
        second.put("a", version: 2, "two")
        #expect(second.begin(tag: 21) == 1)
        second.require(absent: "a")
        second.delete("a")
        first.append(contentsOf: second)
        first.begin(tag: 30)
        first.put("c", version: 3, "three")

        #expect(first.count == 4)
        #expect((0..<4).map { first.tag(of: $0) } == [10, 20, 21, 30])
        try store.commit(first)
        #expect(first.verdicts == [.applied, .applied, .refused, .applied])
        #expect(try store.lines() == [Line("a", 2, "two"), Line("c", 3, "three")])
        #expect(second.count == 2)
    }

    @Test("an emptied group starts again")
    func reuse() throws {
        let store = MemoryStore()
        let group = OperationGroup()
        for round in 0..<3 {
            #expect(group.count == 0)
            #expect(group.byteCount == 0)
            #expect(group.begin(tag: UInt64(round)) == 0)
            group.put("key", version: UInt64(round), String(repeating: "x", count: 1 << 21))
            #expect(group.byteCount == 3 + 8 + 1 << 21)
            try store.commit(group)
            #expect(group.verdicts == [.applied])
            group.removeAll()
        }
        #expect(try store.line("key")?.version == 2)
        #expect(store.count == 1)
    }

    @Test("an entry without an operation is a mistake")
    func entryWithoutOperation() async {
        await #expect(processExitsWith: .failure) { OperationGroup().delete("a") }
    }
}
