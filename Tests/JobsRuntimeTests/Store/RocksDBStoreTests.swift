import Foundation
import JobsRuntime
import Testing

@Suite("RocksDBStore", .serialized)
struct RocksDBStoreTests {
    @Test(
        "the settings took",
        arguments: [
            "write_buffer_size=8388608", "avoid_flush_during_recovery=true", "max_background_jobs=2",
            "memtable_whole_key_filtering=true", "memtable_prefix_bloom_size_ratio=0.050000",
            "info_log_level=FATAL_LEVEL", "max_bgerror_resume_count=0",
            "wal_recovery_mode=kTolerateCorruptedTailRecords", "stats_dump_period_sec=0",
            "stats_persist_period_sec=0", "keep_log_file_num=1", "cache_index_and_filter_blocks=true",
            "filter_policy=bloomfilter:10:false", "paranoid_checks=true", "max_open_files=256",
            "compression=kLZ4Compression",
        ])
    func settings(setting: String) throws {
        let folder = try TemporaryFolder()
        let store = try RocksDBStore.open(path: folder.path)
        store.close()
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let name = try #require(names.filter { $0.hasPrefix("OPTIONS-") }.max())
        let lines = try String(contentsOfFile: "\(folder.path)/\(name)", encoding: .utf8)
            .split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        #expect(lines.contains(setting))
    }

    @Test("a new folder is its owner's alone")
    func folderMode() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/store"
        try RocksDBStore.open(path: path).close()
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o700)
    }

    @Test("a folder that cannot be one is named, with the reason")
    func badPaths() throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/file"
        try Data().write(to: URL(filePath: file))
        let cases = [
            (file, "is not a folder"), (file + "/store", "something above it is a file"),
            ("/sys/mainspring", "cannot be made: "),
        ]
        for (path, reason) in cases {
            let error = #expect(throws: StoreError.self) { try RocksDBStore.open(path: path) }
            #expect(error?.code == .notWritable)
            #expect(error?.message.contains("\(path) ") == true)
            #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
        }
    }

    @Test("a folder is made with those above it")
    func parents() throws {
        let folder = try TemporaryFolder()
        try RocksDBStore.open(path: folder.path + "/missing/store").close()
        try RocksDBStore.open(path: folder.path + "/missing/store").close()
    }

    @Test("a store that is tidied before it closes leaves one log, however often it is opened")
    func logsDoNotPileUp() throws {
        let folder = try TemporaryFolder()
        for round in 0..<5 {
            let store = try RocksDBStore.open(path: folder.path)
            let group = OperationGroup()
            group.begin(tag: 0)
            group.put(Array("key-\(round)".utf8).span, version: 1, [UInt8]().span)
            try store.commit(group)
            store.tidy()
            store.close()
        }
        let logs = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
            $0.hasSuffix(".log")
        }
        #expect(logs.count <= 2, "\(logs)")
    }

    @Test("a folder opened twice in one process names this process")
    func lockedByUs() throws {
        let folder = try TemporaryFolder()
        let store = try RocksDBStore.open(path: folder.path)
        defer { store.close() }
        let error = #expect(throws: StoreError.self) { try RocksDBStore.open(path: folder.path) }
        #expect(error?.code == .locked)
        #expect(error?.message.contains("by process \(getpid()):") == true, "\(error?.message ?? "")")
        try store.put("still ours")
    }

    @Test("a folder that another process holds names it, and opens once that one is gone")
    func lockedByAnother() throws {
        let folder = try TemporaryFolder()
        try RocksDBStore.open(path: folder.path).close()
        let owner = try LockHolder(file: folder.path + "/LOCK")
        let error = #expect(throws: StoreError.self) { try RocksDBStore.open(path: folder.path) }
        #expect(error?.code == .locked)
        #expect(error?.message.contains("by process \(owner.pid):") == true, "\(error?.message ?? "")")
        try owner.stop()
        try RocksDBStore.open(path: folder.path).close()
    }

    @Test("any bit flipped in a record's header, or in its body, is named and never passed over")
    func flippedBit() throws {
        let folder = try Self.folderWithLog()
        let name = try #require(try folder.files(endingWith: ".log").last)
        let url = URL(filePath: "\(folder.path)/\(name)")
        let bytes = try Data(contentsOf: url)
        let starts = Self.records(of: bytes)
        #expect(starts.count == 100)
        // Seven bytes of header and the first of the body; of the last record too, which only looks torn.
        for byte in [starts[50], starts[99]].flatMap({ $0..<$0 + 8 }) {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[byte] ^= 1 << UInt8(bit)
                try damaged.write(to: url)
                let error = #expect(throws: StoreError.self) { try RocksDBStore.open(path: folder.path) }
                #expect(error?.code == .corruption)
                #expect(
                    error?.message.contains(name) == true, "bit \(bit) of \(byte): \(error?.message ?? "")")
            }
        }
        try bytes.write(to: url)
        let store = try RocksDBStore.open(path: folder.path)
        defer { store.close() }
        #expect(try store.lines().count == 100)
    }

    @Test("a log torn at its end opens with all groups before the tear")
    func tornTail() throws {
        let folder = try Self.folderWithLog()
        let name = try #require(try folder.files(endingWith: ".log").last)
        let bytes = try Data(contentsOf: URL(filePath: "\(folder.path)/\(name)"))
        let last = try #require(Self.records(of: bytes).last)
        for end in stride(from: last, to: bytes.count, by: 3) {
            let copy = try TemporaryFolder()
            try FileManager.default.removeItem(atPath: copy.path)
            try FileManager.default.copyItem(atPath: folder.path, toPath: copy.path)
            try bytes.prefix(end).write(to: URL(filePath: "\(copy.path)/\(name)"))
            let store = try RocksDBStore.open(path: copy.path)
            defer { store.close() }
            #expect(try store.lines().count == 99, "torn at \(end)")
        }
    }

    @Test("a CURRENT file of nonsense is named, and the store stays closed")
    func nonsense() throws {
        let folder = try TemporaryFolder()
        let store = try RocksDBStore.open(path: folder.path)
        try store.put("a")
        store.close()
        let current = URL(filePath: folder.path + "/CURRENT")
        try Data("nonsense".utf8).write(to: current)
        let error = #expect(throws: StoreError.self) { try store.reopen() }
        #expect(error?.code == .corruption, "\(error?.message ?? "")")
        #expect(error?.message.contains("CURRENT") == true, "\(error?.message ?? "")")
        #expect(throws: StoreError.self) { try store.put("b") }
    }

    @Test("a cached read says so when only the disk knows")
    func incomplete() throws {
        let folder = try TemporaryFolder()
        let store = try RocksDBStore.open(path: folder.path)
        // Past one write buffer the first keys are in a table.
        for number in 0..<24 {
            try store.commit {
                $0.begin(tag: 0)
                $0.put("key\(number)", version: 1, Self.noise(1 << 19, seed: UInt64(number)))
            }
        }
        store.close()
        try store.reopen()
        defer { store.close() }
        var value: [UInt8] = []
        #expect(try store.getCached(Array("key0".utf8).span, into: &value) == .incomplete)
        #expect(value.isEmpty)
        #expect(try store.get(Array("key0".utf8).span, into: &value) == 1)
        #expect(value.count == 1 << 19)
        #expect(try store.getCached(Array("key0".utf8).span, into: &value) == .found(version: 1))
    }

    /// A folder whose log has a hundred groups, a key each.
    private static func folderWithLog() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let store = try RocksDBStore.open(path: folder.path)
        for number in 0..<100 { try store.put("key\(number)") }
        store.close()
        return folder
    }

    /// Where the records of a log of one block begin.
    private static func records(of log: Data) -> [Int] {
        var starts: [Int] = []
        var start = 0
        while start < log.count {
            starts.append(start)
            start += 7 + Int(log[start + 4]) + Int(log[start + 5]) << 8
        }
        return starts
    }

    // Not to be compressed away.
    private static func noise(_ count: Int, seed: UInt64) -> String {
        var random = SplitMix(state: seed)
        return String((0..<count / 16).map { _ in String(random.next() | 1 << 63, radix: 16) }.joined())
    }
}

/// Another process that holds the lock on a file.
private final class LockHolder {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    var pid: Int32 { process.processIdentifier }

    init(file: String) throws {
        let script = """
            import fcntl, sys
            file = open(sys.argv[1], "r+")
            fcntl.lockf(file, fcntl.LOCK_EX)
            print(1, end="", flush=True)
            sys.stdin.read()
            file.close()
            print(2, end="", flush=True)
            """
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = ["-c", script, file]
        process.standardOutput = output
        process.standardInput = input
        try process.run()
        _ = try output.fileHandleForReading.read(upToCount: 1)
    }

    // Waits for its last word and not for its end, which Foundation tells to a run loop that a test has not.
    func stop() throws {
        try input.fileHandleForWriting.close()
        _ = try output.fileHandleForReading.read(upToCount: 1)
    }
}
