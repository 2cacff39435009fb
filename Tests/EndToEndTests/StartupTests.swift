internal import Glibc
import JobsRuntime
import TestKit
import Testing

extension EndToEnd {
    /// What keeps a host from starting is said in one sentence, with the exit status that scripts go by.
    @Suite("starting")
    struct StartupTests {
        @Test("a taken port is named")
        func takenPort() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let listener = try Listener(port: 0)
                var options = HostProcess.Options(dataFolder: data.path)
                options.httpPort = listener.port
                try HostProcess(options).expectRefusal(status: 1, naming: ["\(listener.port)"])
            }
        }

        @Test("a data folder that is a file is named")
        func folderIsFile() async throws {
            try await OwnThread.run {
                let folder = try TemporaryFolder()
                let file = try folder.write("", to: "file")
                try HostProcess(.init(dataFolder: file)).expectRefusal(status: 1, naming: [file])
            }
        }

        @Test("a data folder that cannot be made is named")
        func folderCannotBeMade() async throws {
            try await OwnThread.run {
                // Not even root makes a folder in /proc; permissions would not stop root elsewhere.
                let path = "/proc/mainspring"
                try HostProcess(.init(dataFolder: path)).expectRefusal(status: 1, naming: [path])
            }
        }

        @Test("a data folder that another host holds is named, and who holds it")
        func folderIsHeld() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let first = try HostProcess.start(.init(dataFolder: data.path))
                let second = try HostProcess(.init(dataFolder: data.path))
                try second.expectRefusal(status: 1, naming: [data.path, "\(first.process.id)"])
                #expect(try first.connect().request("GET", "/v1.0/healthz/outbound").status == 204)
                try first.stop()
            }
        }

        @Test("a data folder is made with its parents, and found again")
        func makesFolder() async throws {
            try await OwnThread.run {
                let folder = try TemporaryFolder()
                let path = folder.path(of: "state/jobs")
                let first = try HostProcess.start(.init(dataFolder: path))
                #expect(try first.connect().schedule("kept", #"{"dueTime":"1h"}"#).status == 204)
                try first.stop()
                let second = try HostProcess.start(.init(dataFolder: path))
                #expect(try second.connect().has("kept"))
                try second.stop()
            }
        }

        @Test("a store of a newer format is refused, and left as it is")
        func newerFormat() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let host = try HostProcess.start(.init(dataFolder: data.path))
                #expect(try host.connect().schedule("kept", #"{"dueTime":"1h"}"#).status == 204)
                try host.stop()
                try Self.writeFormat(OpenedStore.format + 1, in: data.path)
                try HostProcess(.init(dataFolder: data.path)).expectRefusal(
                    status: 1, naming: ["format \(OpenedStore.format + 1)"])

                try Self.writeFormat(OpenedStore.format, in: data.path)
                let next = try HostProcess.start(.init(dataFolder: data.path))
                #expect(try next.connect().has("kept"))
                try next.stop()
            }
        }

        private static func writeFormat(_ format: UInt64, in folder: String) throws {
            let store = try RocksDBStore.open(path: folder)
            defer { store.close() }
            let group = OperationGroup()
            group.begin(tag: 0)
            let (key, nothing) = (StoreKeys.format, [UInt8]())
            group.put(key.span, version: format, nothing.span)
            try store.commit(group)
        }

        @Test("a flipped bit in the store's log is named, never skipped in silence")
        func flippedBit() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let host = try HostProcess.start(.init(dataFolder: data.path))
                let connection = try host.connect()
                for index in 0..<200 {
                    let fields = #"{"data":"\#(String(repeating: "x", count: 200))","dueTime":"1h"}"#
                    #expect(try connection.schedule("job-\(index)", fields).status == 204)
                }
                try host.crash()
                let log = try #require(
                    try FileTree.files(below: data.path).filter { $0.hasSuffix(".log") }.max())
                try FileTree.flipBit(in: log)
                let next = try HostProcess(.init(dataFolder: data.path))
                try next.expectRefusal(status: 1, naming: [data.path])
                let words = next.process.errorOutput.lowercased()
                #expect(words.contains("corrupt") || words.contains("damaged"), "\(words)")
            }
        }
    }
}
