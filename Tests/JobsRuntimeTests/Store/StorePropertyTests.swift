import JobsRuntime
import Testing

@Suite("Store: random groups against a dictionary", .serialized)
struct StorePropertyTests {
    @Test("verdicts and contents are those of a dictionary", arguments: Engine.allCases)
    func randomGroups(engine: Engine) throws {
        let seed = UInt64.random(in: .min ... .max)
        try Self.run(engine, seed: seed)
    }

    @Test("seeds that once failed, and two more", arguments: Engine.allCases, [1, 0xDEAD_BEEF])
    func knownSeeds(engine: Engine, seed: UInt64) throws {
        try Self.run(engine, seed: seed)
    }

    private static func run(_ engine: Engine, seed: UInt64) throws {
        print("StorePropertyTests: \(engine.testDescription), seed \(seed)")
        var random = SplitMix(state: seed)
        var oracle: [String: Line] = [:]
        let group = OperationGroup()
        try engine.withStore { store in
            for round in 0..<60 {
                group.removeAll()
                var expected: [OperationGroup.Verdict] = []
                for _ in 0..<Int.random(in: 0...40, using: &random) {
                    let operation = RandomOperation(using: &random)
                    operation.add(to: group)
                    expected.append(operation.apply(to: &oracle))
                }
                try store.commit(group)
                #expect(group.verdicts == expected, "seed \(seed), round \(round)")
                if round % 20 == 19 { try store.reopen() }
                let wanted = oracle.values.sorted { $0.key < $1.key }
                try #require(try store.lines() == wanted, "seed \(seed), round \(round)")
            }
        }
    }
}

/// One operation, for the group and for the dictionary.
private struct RandomOperation {
    enum Entry {
        case absent(String)
        case version(UInt64, String)
        case put(Line)
        case delete(String)
    }

    private let entries: [Entry]

    init(using random: inout SplitMix) {
        entries = (0..<Int.random(in: 0...4, using: &random)).map { _ in
            let key = Self.key(using: &random)
            let version = UInt64.random(in: 0...3, using: &random)
            switch Int.random(in: 0..<16, using: &random) {
            case 0..<2: return .absent(key)
            case 2..<5: return .version(version, key)
            case 5..<12: return .put(Line(key, version, String(random.next())))
            default: return .delete(key)
            }
        }
    }

    func add(to group: OperationGroup) {
        group.begin(tag: 0)
        for entry in entries {
            switch entry {
            case .absent(let key): group.require(absent: key)
            case .version(let version, let key): group.require(version: version, of: key)
            case .put(let line): group.put(line.key, version: line.version, line.value)
            case .delete(let key): group.delete(key)
            }
        }
    }

    func apply(to oracle: inout [String: Line]) -> OperationGroup.Verdict {
        for entry in entries {
            switch entry {
            case .absent(let key): if oracle[key] != nil { return .refused }
            case .version(let version, let key): if oracle[key]?.version != version { return .refused }
            case .put, .delete: continue
            }
        }
        for entry in entries {
            switch entry {
            case .absent, .version: continue
            case .put(let line): oracle[line.key] = line
            case .delete(let key): oracle[key] = nil
            }
        }
        return .applied
    }

    // Few keys, so that operations meet; some are prefixes of others.
    private static func key(using random: inout SplitMix) -> String {
        String(
            (0..<Int.random(in: 1...3, using: &random)).map { _ in "abc".randomElement(using: &random) ?? "a"
            })
    }
}

/// Random numbers that a seed repeats.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
