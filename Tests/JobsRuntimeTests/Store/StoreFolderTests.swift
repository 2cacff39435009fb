import Foundation
import JobsRuntime
import Testing

@Suite("A store's folder, damaged or gone", .serialized)
struct StoreFolderTests {
    @Test(
        "a header changed so that RocksDB would pass over it is named, in the log and in the MANIFEST",
        arguments: [".log", "MANIFEST-"])
    func flippedHeader(part: String) throws {
        let folder = try TemporaryFolder()
        let store = try RocksDBStore.open(path: folder.path)
        for number in 0..<4 { try store.put("key\(number)") }
        store.close()
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let name = try #require(names.first { $0.hasSuffix(part) || $0.hasPrefix(part) })
        let url = URL(filePath: "\(folder.path)/\(name)")
        let bytes = try Data(contentsOf: url)
        var start = 0
        while start < bytes.count {
            // The top bit of the length, and the bit of the kind that makes a record one of a recycled log.
            for (offset, bit) in [(5, UInt8(7)), (6, 2)] {
                var damaged = bytes
                damaged[start + offset] ^= 1 << bit
                try damaged.write(to: url)
                let error = #expect(throws: StoreError.self) {
                    try RocksDBStore.open(path: folder.path).close()
                }
                #expect(error?.code == .corruption)
                let message = error?.message ?? ""
                #expect(message.contains("\(name): the header of the record at byte \(start)"), "\(message)")
            }
            start += 7 + Int(bytes[start + 4]) + Int(bytes[start + 5]) << 8
        }
        // None of the attempts may have changed anything else.
        try bytes.write(to: url)
        let reopened = try RocksDBStore.open(path: folder.path)
        defer { reopened.close() }
        #expect(try reopened.lines().count == 4)
    }

    @Test("a store whose folder is gone is not reopened empty, and opens again when it is back")
    func folderGone() throws {
        let folder = try TemporaryFolder()
        let store = try RocksDBStore.open(path: folder.path + "/store")
        defer { store.close() }
        try store.put("a", "b")
        try FileManager.default.moveItem(atPath: folder.path + "/store", toPath: folder.path + "/away")
        let error = #expect(throws: StoreError.self) { try store.reopen() }
        #expect(error?.code == .io)
        #expect(error?.message.contains("is gone") == true, "\(error?.message ?? "")")
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/store"))
        try FileManager.default.moveItem(atPath: folder.path + "/away", toPath: folder.path + "/store")
        try store.reopen()
        #expect(try store.lines().count == 2)
    }
}
