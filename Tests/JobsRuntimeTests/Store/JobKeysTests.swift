import JobsRuntime
import Reactor
import TestKit
import Testing

@Suite("Keys of jobs")
struct JobKeysTests {
    private let keys = LaneKeys(namespace: "default", appID: "garage")

    @Test("the order of due keys in the store is the order of their times, then of their names")
    func order() {
        let seed = UInt64.random(in: .min ... .max)
        print("JobKeysTests: seed \(seed)")
        var random = SeededGenerator(seed: seed)
        for _ in 0..<5000 {
            let left = Self.dueKey(&random)
            let right = Bool.random(using: &random) ? Self.near(left, &random) : Self.dueKey(&random)
            let leftBytes = bytes(left)
            let rightBytes = bytes(right)
            let isBefore = leftBytes.lexicographicallyPrecedes(rightBytes)
            #expect(isBefore == (left < right), "seed \(seed): \(left), \(right)")
            #expect((leftBytes == rightBytes) == (left == right), "seed \(seed): \(left), \(right)")
        }
    }

    @Test(
        "times before 1970, in the year 9999 and at the ends of time sort",
        arguments: [
            (WallTime(seconds: .min), WallTime(seconds: -1)),
            (WallTime(seconds: -1, nanoseconds: 999_999_999), WallTime(seconds: 0)),
            (WallTime(seconds: 0), WallTime(seconds: 0, nanoseconds: 1)),
            (WallTime(seconds: 253_402_300_799), WallTime(seconds: 253_402_300_800)),
            (WallTime(seconds: .max), WallTime(seconds: .max, nanoseconds: 999_999_999)),
        ])
    func edges(earlier: WallTime, later: WallTime) {
        let first = bytes(DueKey(time: earlier, name: [255, 255]))
        #expect(first.lexicographicallyPrecedes(bytes(DueKey(time: later, name: []))))
    }

    @Test("a due key is read back as it was written")
    func roundTrip() {
        let seed = UInt64.random(in: .min ... .max)
        print("JobKeysTests: seed \(seed)")
        var random = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            let key = Self.dueKey(&random)
            #expect(decode(bytes(key)) == key, "seed \(seed)")
        }
    }

    @Test("every due key lies within its lane's bounds, and no other lane's does")
    func bounds() {
        var first: [UInt8] = []
        var end: [UInt8] = []
        keys.due(.lowest, into: &first)
        keys.dueEnd(into: &end)
        let extremes = [WallTime(seconds: .min), WallTime(seconds: .max, nanoseconds: 999_999_999)]
        let names: [[UInt8]] = [[], [0], [255, 255, 255]]
        // Lanes whose parts would run together if they did not begin with their lengths.
        let others = [
            LaneKeys(namespace: "default", appID: "garag"), LaneKeys(namespace: "default", appID: "garages"),
            LaneKeys(namespace: "defaultg", appID: "arage"), LaneKeys(namespace: "", appID: "defaultgarage"),
            LaneKeys(namespace: "default", appID: "garage", partition: 1),
            LaneKeys(namespace: "default", appID: "garage", partition: .max),
        ]
        for time in extremes {
            for name in names {
                let key = DueKey(time: time, name: name)
                #expect(Self.isIn(bytes(key), first, end))
                for other in others {
                    var foreign: [UInt8] = []
                    other.due(key, into: &foreign)
                    #expect(!Self.isIn(foreign, first, end))
                    #expect(decode(foreign) == nil)
                }
            }
        }
    }

    @Test("no two things of a store have one key")
    func distinct() {
        var all: [[UInt8]] = [StoreKeys.format, StoreKeys.storeID, StoreKeys.generation]
        for (namespace, appID) in [("a", "b"), ("ab", ""), ("", "ab"), ("a", "bc"), ("ab", "c")] {
            let keys = LaneKeys(namespace: namespace, appID: appID)
            var key: [UInt8] = []
            for name in ["", "c", "bc", "abc"] {
                keys.spec(Array(name.utf8), into: &key)
                all.append(key)
                keys.progress(Array(name.utf8), into: &key)
                all.append(key)
                keys.due(DueKey(time: WallTime(seconds: 0), name: Array(name.utf8)), into: &key)
                all.append(key)
            }
            keys.mark(into: &key)
            all.append(key)
        }
        #expect(Set(all).count == all.count)
    }

    @Test("bytes that are no due key are refused, whatever they are")
    func fuzz() {
        let seed = UInt64.random(in: .min ... .max)
        print("JobKeysTests: seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let good = bytes(DueKey(time: WallTime(seconds: 5, nanoseconds: 999_999_999), name: []))
        for length in 0..<good.count { #expect(decode(Array(good[..<length])) == nil) }
        for _ in 0..<5000 {
            var damaged = good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<damaged.count, using: &random)
                damaged[index] = UInt8.random(in: 0...255, using: &random)
            }
            // What still is a key must be the one that these bytes stand for.
            if let key = decode(damaged) { #expect(bytes(key) == damaged, "seed \(seed)") }
        }
        // A second has no more nanoseconds than that.
        var late = good
        late.replaceSubrange((good.count - 4)..., with: [0x3B, 0x9A, 0xCA, 0x00])
        #expect(decode(late) == nil)
    }

    private func bytes(_ key: DueKey) -> [UInt8] {
        var bytes: [UInt8] = [9, 9, 9]
        keys.due(key, into: &bytes)
        return bytes
    }

    private func decode(_ bytes: [UInt8]) -> DueKey? {
        unsafe bytes.withUnsafeBytes { unsafe keys.decodeDue($0) }
    }

    private static func isIn(_ key: [UInt8], _ first: [UInt8], _ end: [UInt8]) -> Bool {
        !key.lexicographicallyPrecedes(first) && key.lexicographicallyPrecedes(end)
    }

    private static func dueKey(_ random: inout SeededGenerator) -> DueKey {
        let seconds: Int64 =
            switch Int.random(in: 0..<4, using: &random) {
            case 0: Int64.random(in: .min ... .max, using: &random)
            case 1: Int64.random(in: -3...3, using: &random)
            case 2: 253_402_300_799 - Int64.random(in: 0...3, using: &random)
            default: 1_795_521_600 + Int64.random(in: -300...300, using: &random)
            }
        let nanoseconds = UInt32.random(in: 0...999_999_999, using: &random)
        return DueKey(time: WallTime(seconds: seconds, nanoseconds: nanoseconds), name: name(&random))
    }

    /// A key that differs in little or nothing.
    private static func near(_ key: DueKey, _ random: inout SeededGenerator) -> DueKey {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: key
        case 1: DueKey(time: key.time, name: key.name + name(&random))
        default: DueKey(time: key.time + .nanoseconds(1), name: key.name)
        }
    }

    private static func name(_ random: inout SeededGenerator) -> [UInt8] {
        (0..<Int.random(in: 0...6, using: &random)).map { _ in
            UInt8.random(in: Bool.random(using: &random) ? 0...255 : 97...99, using: &random)
        }
    }
}
