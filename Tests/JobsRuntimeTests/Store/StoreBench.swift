import Foundation
import JobsRuntime
import Testing

/// An engine under the conformance suite.
enum Engine: CaseIterable, CustomTestStringConvertible {
    case memory, rocksDB

    var testDescription: String {
        switch self {
        case .memory: "memory"
        case .rocksDB: "RocksDB"
        }
    }

    /// Runs `body` on an empty store, and cleans up behind it.
    func withStore(_ body: (any OrderedStore) throws -> Void) throws {
        switch self {
        case .memory: try body(MemoryStore())
        case .rocksDB:
            let folder = try TemporaryFolder()
            let store = try RocksDBStore.open(path: folder.path)
            defer { store.close() }
            try body(store)
        }
    }
}

/// A folder that goes when its owner does.
final class TemporaryFolder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "mainspring-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        path = url.path(percentEncoded: false)
    }

    deinit {
        // A folder left behind in the system's temporary one is no failure of the test.
        try? FileManager.default.removeItem(atPath: path)
    }

    func files(endingWith suffix: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(suffix) }.sorted()
    }
}

/// A record as a test writes it down.
struct Line: Equatable, CustomStringConvertible {
    let key: String
    let version: UInt64
    let value: String

    init(_ key: String, _ version: UInt64, _ value: String) {
        self.key = key
        self.version = version
        self.value = value
    }

    var description: String { "\(key)@\(version)=\(value)" }
}

extension OperationGroup {
    func require(absent key: String) { require(absent: Array(key.utf8).span) }
    func require(version: UInt64, of key: String) { require(version: version, of: Array(key.utf8).span) }
    func put(_ key: String, version: UInt64, _ value: String) {
        put(Array(key.utf8).span, version: version, Array(value.utf8).span)
    }
    func delete(_ key: String) { delete(Array(key.utf8).span) }

    var verdicts: [Verdict] { (0..<count).map { verdict(of: $0) } }
}

extension OrderedStore {
    /// Commits operations that `fill` adds, and answers their verdicts.
    @discardableResult func commit(_ fill: (OperationGroup) -> Void) throws -> [OperationGroup.Verdict] {
        let group = OperationGroup()
        fill(group)
        try commit(group)
        return group.verdicts
    }

    func put(_ keys: String...) throws {
        try commit { group in
            group.begin(tag: 0)
            for key in keys { group.put(key, version: 1, "value of \(key)") }
        }
    }

    func line(_ key: String) throws -> Line? {
        var value: [UInt8] = Array("left over".utf8)
        guard let version = try get(Array(key.utf8).span, into: &value) else {
            #expect(value.isEmpty)
            return nil
        }
        return Line(key, version, String(decoding: value, as: UTF8.self))
    }

    func lines() throws -> [Line] {
        let snapshot = try snapshot()
        defer { snapshot.close() }
        return try snapshot.lines(from: "", to: "\u{7f}")
    }
}

extension StoreSnapshot {
    func lines(
        from: String, to: String, limit: Int = .max, until isLast: (Line) -> Bool = { _ in false }
    ) throws -> [Line] {
        var lines: [Line] = []
        let first = Array(from.utf8)
        let end = Array(to.utf8)
        try unsafe scan(from: first.span, to: end.span, limit: limit) { key, version, value in
            let line = unsafe Line(
                String(decoding: key, as: UTF8.self), version, String(decoding: value, as: UTF8.self))
            lines.append(line)
            return !isLast(line)
        }
        return lines
    }

    func keys(from: String, to: String, limit: Int = .max) throws -> [String] {
        try lines(from: from, to: to, limit: limit).map(\.key)
    }
}
