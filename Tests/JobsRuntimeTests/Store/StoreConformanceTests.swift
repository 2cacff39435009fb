import JobsRuntime
import Testing

@Suite("Store: what every engine promises", .serialized)
struct StoreConformanceTests {
    @Test("a value comes back with its version", arguments: Engine.allCases)
    func readsBack(engine: Engine) throws {
        try engine.withStore { store in
            let verdicts = try store.commit {
                $0.begin(tag: 7)
                $0.put("a", version: 42, "first")
                $0.put("empty", version: .max, "")
            }
            #expect(verdicts == [.applied])
            #expect(try store.line("a") == Line("a", 42, "first"))
            #expect(try store.line("empty") == Line("empty", .max, ""))
            #expect(try store.line("b") == nil)
        }
    }

    @Test("a later write replaces value and version", arguments: Engine.allCases)
    func replaces(engine: Engine) throws {
        try engine.withStore { store in
            try store.put("a")
            try store.commit {
                $0.begin(tag: 0)
                $0.put("a", version: 2, "second")
            }
            #expect(try store.lines() == [Line("a", 2, "second")])
        }
    }

    @Test("a key that must be absent is refused once it is there", arguments: Engine.allCases)
    func absentCondition(engine: Engine) throws {
        try engine.withStore { store in
            let create: (OperationGroup) -> Void = {
                $0.begin(tag: 0)
                $0.require(absent: "a")
                $0.put("a", version: 1, "mine")
            }
            #expect(try store.commit(create) == [.applied])
            #expect(try store.commit(create) == [.refused])
            try store.commit {
                $0.begin(tag: 0)
                $0.delete("a")
            }
            #expect(try store.commit(create) == [.applied])
        }
    }

    @Test("a version condition holds for that version alone", arguments: Engine.allCases)
    func versionCondition(engine: Engine) throws {
        try engine.withStore { store in
            try store.put("a")
            let verdicts = try store.commit {
                $0.begin(tag: 0)
                $0.require(version: 2, of: "a")
                $0.put("a", version: 3, "too early")
                $0.begin(tag: 1)
                $0.require(version: 0, of: "missing")
                $0.put("missing", version: 1, "never")
                $0.begin(tag: 2)
                $0.require(version: 1, of: "a")
                $0.put("a", version: 9, "right")
            }
            #expect(verdicts == [.refused, .refused, .applied])
            #expect(try store.lines() == [Line("a", 9, "right")])
        }
    }

    @Test("an operation applies as a whole or not at all", arguments: Engine.allCases)
    func wholeOrNothing(engine: Engine) throws {
        try engine.withStore { store in
            try store.put("taken", "victim")
            let verdicts = try store.commit {
                $0.begin(tag: 0)
                $0.put("one", version: 1, "before the condition that fails")
                $0.delete("victim")
                $0.require(absent: "free")
                $0.require(absent: "taken")
            }
            #expect(verdicts == [.refused])
            #expect(try store.lines().map(\.key) == ["taken", "victim"])
        }
    }

    @Test("an operation sees what those before it in the group wrote", arguments: Engine.allCases)
    func visibility(engine: Engine) throws {
        try engine.withStore { store in
            let verdicts = try store.commit {
                $0.begin(tag: 0)
                $0.require(absent: "a")
                $0.put("a", version: 1, "one")
                $0.begin(tag: 1)
                $0.require(version: 1, of: "a")
                $0.put("a", version: 2, "two")
                $0.begin(tag: 2)
                $0.require(version: 1, of: "a")
                $0.put("a", version: 3, "refused")
                $0.begin(tag: 3)
                $0.require(version: 2, of: "a")
                $0.delete("a")
                $0.begin(tag: 4)
                $0.require(absent: "a")
                $0.put("b", version: 5, "after a delete")
            }
            #expect(verdicts == [.applied, .applied, .refused, .applied, .applied])
            #expect(try store.lines() == [Line("b", 5, "after a delete")])
        }
    }

    @Test("what a refused operation would have written stays unseen", arguments: Engine.allCases)
    func refusedIsInvisible(engine: Engine) throws {
        try engine.withStore { store in
            let verdicts = try store.commit {
                $0.begin(tag: 0)
                $0.require(version: 1, of: "missing")
                $0.put("a", version: 1, "no")
                $0.begin(tag: 1)
                $0.require(absent: "a")
                $0.put("a", version: 2, "yes")
            }
            #expect(verdicts == [.refused, .applied])
            #expect(try store.line("a") == Line("a", 2, "yes"))
        }
    }

    @Test("of a thousand racing creators one wins", arguments: Engine.allCases)
    func racingCreators(engine: Engine) throws {
        try engine.withStore { store in
            let verdicts = try store.commit { group in
                for number in 0..<1000 {
                    group.begin(tag: UInt64(number))
                    group.require(absent: "job")
                    group.put("job", version: UInt64(number), "creator \(number)")
                }
            }
            #expect(verdicts.filter { $0 == .applied }.count == 1)
            #expect(try store.line("job") == Line("job", 0, "creator 0"))
        }
    }

    @Test("a scan keeps to its bounds, its limit and its reader's wish", arguments: Engine.allCases)
    func scan(engine: Engine) throws {
        try engine.withStore { store in
            try store.put("a", "b", "b\u{1}", "ba", "c", "d")
            let snapshot = try store.snapshot()
            defer { snapshot.close() }
            #expect(try snapshot.keys(from: "", to: "zz") == ["a", "b", "b\u{1}", "ba", "c", "d"])
            #expect(try snapshot.keys(from: "b", to: "c") == ["b", "b\u{1}", "ba"])
            #expect(try snapshot.keys(from: "aa", to: "d", limit: 2) == ["b", "b\u{1}"])
            #expect(try snapshot.keys(from: "a", to: "d", limit: 0) == [])
            #expect(try snapshot.keys(from: "c", to: "c") == [])
            #expect(try snapshot.keys(from: "d", to: "a") == [])
            #expect(try snapshot.keys(from: "e", to: "z") == [])
            let stopped = try snapshot.lines(from: "a", to: "z") { $0.key == "ba" }
            #expect(stopped.map(\.key) == ["a", "b", "b\u{1}", "ba"])
            #expect(stopped.last == Line("ba", 1, "value of ba"))
        }
    }

    @Test("a snapshot does not move", arguments: Engine.allCases)
    func snapshotIsolation(engine: Engine) throws {
        try engine.withStore { store in
            try store.put("a", "b")
            let snapshot = try store.snapshot()
            defer { snapshot.close() }
            try store.commit {
                $0.begin(tag: 0)
                $0.put("a", version: 2, "changed")
                $0.delete("b")
                $0.put("c", version: 2, "new")
            }
            #expect(try snapshot.keys(from: "", to: "z") == ["a", "b"])
            var value: [UInt8] = []
            let version = try snapshot.get(Array("a".utf8).span, into: &value)
            #expect(version == 1)
            #expect(String(decoding: value, as: UTF8.self) == "value of a")
            #expect(try snapshot.get(Array("c".utf8).span, into: &value) == nil)
            #expect(try store.lines().map(\.key) == ["a", "c"])
        }
    }

    @Test(
        "a cached read finds what was just written, and knows what is not there", arguments: Engine.allCases)
    func cachedRead(engine: Engine) throws {
        try engine.withStore { store in
            try store.put("a")
            var value: [UInt8] = Array("left over".utf8)
            #expect(try store.getCached(Array("a".utf8).span, into: &value) == .found(version: 1))
            #expect(String(decoding: value, as: UTF8.self) == "value of a")
            #expect(try store.getCached(Array("b".utf8).span, into: &value) == .absent)
            #expect(value.isEmpty)
        }
    }

    @Test("a reopened store has all that was committed", arguments: Engine.allCases)
    func reopenKeeps(engine: Engine) throws {
        try engine.withStore { store in
            try store.put("a", "b")
            try store.commit {
                $0.begin(tag: 0)
                $0.delete("b")
            }
            try store.reopen()
            #expect(try store.lines().map(\.key) == ["a"])
            try store.put("c")
            try store.reopen()
            #expect(try store.lines().map(\.key) == ["a", "c"])
        }
    }

    @Test("a closed store says so, and opens again", arguments: Engine.allCases)
    func closed(engine: Engine) throws {
        try engine.withStore { store in
            try store.put("a")
            store.close()
            store.close()
            let error = #expect(throws: StoreError.self) { try store.put("b") }
            #expect(error?.code == .closed)
            #expect(throws: StoreError.self) { _ = try store.line("a") }
            #expect(throws: StoreError.self) { _ = try store.snapshot() }
            try store.reopen()
            #expect(try store.lines().map(\.key) == ["a"])
        }
    }

    @Test("bytes of every value make keys and values", arguments: Engine.allCases)
    func binary(engine: Engine) throws {
        try engine.withStore { store in
            let all = (0...255).map { UInt8($0) }
            let group = OperationGroup()
            group.begin(tag: 0)
            for byte in all.reversed() { group.put([byte].span, version: UInt64(byte), all.span) }
            group.put([0, 0].span, version: 1000, all.span)
            try store.commit(group)
            let snapshot = try store.snapshot()
            defer { snapshot.close() }
            var keys: [[UInt8]] = []
            try unsafe snapshot.scan(from: [0].span, to: [255, 255].span, limit: .max) { key, _, value in
                keys.append(unsafe Array(key))
                return unsafe Array(value) == all
            }
            #expect(keys == [[0], [0, 0]] + (1...255).map { [UInt8($0)] })
        }
    }

    @Test("an empty group and one of refusals alone are fine", arguments: Engine.allCases)
    func nothingToWrite(engine: Engine) throws {
        try engine.withStore { store in
            let none = try store.commit { _ in }
            #expect(none == [])
            let refused = try store.commit {
                $0.begin(tag: 1)
                $0.require(version: 1, of: "a")
            }
            #expect(refused == [.refused])
            try store.put("a")
            #expect(try store.line("a") != nil)
        }
    }
}
