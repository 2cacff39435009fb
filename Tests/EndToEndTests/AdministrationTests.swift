internal import Glibc
import JobsRuntime
import TestKit
import Testing

extension EndToEnd {
    /// What runs on this machine, and how it is stopped from outside.
    @Suite("administration: mainspring list and mainspring stop")
    struct AdministrationTests {
        private static func run(_ arguments: String...) throws -> ChildProcess {
            try ChildProcess(Products.path(of: "mainspring"), arguments)
        }

        private static func socket(in folder: TemporaryFolder) -> String {
            folder.path(of: "mainspring.sock")
        }

        /// The rights to a socket, or `nil` where there is none.
        private static func mode(of path: String) -> mode_t? {
            var status = stat()
            guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return nil }
            return status.st_mode & 0o7777
        }

        @Test("a host is listed with its ports and its process, for a person and for a script")
        func listed() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                var options = HostProcess.Options(dataFolder: data.path)
                options.appID = "listed-\(getpid())"
                options.appPort = try FreePort.find()
                let host = try HostProcess.start(options)
                #expect(Self.mode(of: Self.socket(in: data)) == 0o600)
                let table = try Self.run("list")
                try table.expectSuccess()
                let row = table.output.split(separator: "\n").first { $0.hasPrefix(options.appID) }
                let cells = row?.split(separator: " ").map(String.init) ?? []
                #expect(
                    cells.contains("\(host.port)") && cells.contains("\(host.process.id)"), "\(table.output)")
                #expect(cells.contains("\(options.appPort ?? 0)") && cells.last == data.path)
                let json = try Self.run("list", "--json")
                try json.expectSuccess()
                #expect(json.output.contains(#"{"pid":\#(host.process.id),"#), "\(json.output)")
                #expect(
                    json.output.contains(#"{"id":"\#(options.appID)","address":"127.0.0.1:\#(host.port)""#))
                try host.stop()
                let after = try Self.run("list")
                try after.expectSuccess()
                #expect(!after.output.contains(options.appID))
                #expect(Self.mode(of: Self.socket(in: data)) == nil)
            }
        }

        @Test(
            "a stop returns when the host has ended: what it accepted is kept, its port and its folder are free",
            arguments: ["--app-id", "--data-dir"])
        func stopped(by flag: String) async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                var options = HostProcess.Options(dataFolder: data.path)
                options.appID = "stopped-\(getpid())\(flag)"
                let host = try HostProcess.start(options)
                #expect(try host.connect().schedule("kept", #"{"dueTime":"1h"}"#).status == 204)
                let stop = try Self.run("stop", flag, flag == "--app-id" ? options.appID : data.path)
                try stop.expectSuccess()
                #expect(stop.output.contains("stopped successfully"))
                options.httpPort = host.port
                let next = try HostProcess.start(options)
                #expect(try next.connect().has("kept"))
                #expect(try host.process.waitForExit(by: .seconds(30)) == .status(0))
                try next.stop()
            }
        }

        @Test("what a crash left behind is taken away by the next host, and lists nothing meanwhile")
        func crashed() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                var options = HostProcess.Options(dataFolder: data.path)
                options.appID = "crashed-\(getpid())"
                let host = try HostProcess.start(options)
                try host.crash()
                #expect(Self.mode(of: Self.socket(in: data)) != nil)
                let list = try Self.run("list")
                try list.expectSuccess()
                #expect(!list.output.contains(options.appID))
                let next = try HostProcess.start(options)
                let again = try Self.run("list")
                try again.expectSuccess()
                #expect(again.output.contains(options.appID))
                try next.stop()
            }
        }

        @Test(
            "a stop that names no host says what it looked for",
            arguments: [
                (["stop", "--app-id", "nobody-here"], 1, "nobody-here"),
                (["stop", "--data-dir", "/nowhere"], 1, "/nowhere"),
                (["stop", "-f", "/nowhere.yaml"], 1, "/nowhere.yaml"),
                (["stop"], 2, "--run-file"), (["stop", "-f", "a", "--app-id", "b"], 2, "--app-id"),
            ] as [([String], Int32, String)])
        func nobody(words: [String], status: Int32, naming: String) async throws {
            try await OwnThread.run {
                try ChildProcess(Products.path(of: "mainspring"), words)
                    .expectRefusal(status: status, naming: [naming])
            }
        }

        @Test("a run that keeps its jobs in memory is listed, and stopped by its app id")
        func inMemory() async throws {
            try await OwnThread.run {
                let folder = try TemporaryFolder()
                let environment = ["HOME": folder.path, "XDG_RUNTIME_DIR": folder.path]
                let run = try ChildProcess(
                    Products.path(of: "mainspring"),
                    ["run", "--", "sh", "-c", "echo $APP_ID is up; exec sleep 600"],
                    environment: environment)
                try run.waitForOutput(containing: " is up\n", by: .seconds(30))
                let line = run.output.split(separator: "\n").first { $0.hasSuffix(" is up") }
                let appID = try #require(line?.split(separator: " ").first.map(String.init))
                let list = try Self.run("list")
                try list.expectSuccess()
                #expect(list.output.contains(appID), "\(list.output)")
                try Self.run("stop", "--app-id", appID).expectSuccess()
                try run.expectSuccess()
                let left = try ChildProcess(Products.tool("ls"), [folder.path])
                try left.expectSuccess()
                #expect(!left.output.contains("mainspring-run"))
            }
        }

        @Test("a socket of another user's is neither asked nor believed, whatever it says")
        func foreign() async throws {
            try await OwnThread.run {
                // Only root makes what another user owns.
                guard geteuid() == 0 else { return }
                let data = try TemporaryFolder()
                var options = HostProcess.Options(dataFolder: data.path)
                options.appID = "foreign-\(getpid())"
                let host = try HostProcess.start(options)
                #expect(unsafe chown(Self.socket(in: data), 65_534, 65_534) == 0)
                let list = try Self.run("list")
                try list.expectSuccess()
                #expect(!list.output.contains(options.appID))
                try Self.run("stop", "--data-dir", data.path).expectRefusal(status: 1, naming: [data.path])
                try host.stop()
            }
        }

        @Test("a folder whose path no socket's name has room for is administrated all the same")
        func longPath() async throws {
            try await OwnThread.run {
                let folder = try TemporaryFolder()
                let path = folder.path(of: String(repeating: "long", count: 30))
                let host = try HostProcess.start(.init(dataFolder: path))
                let stop = try Self.run("stop", "--data-dir", path)
                try stop.expectSuccess()
                #expect(try host.process.waitForExit(by: .seconds(30)) == .status(0))
            }
        }

        @Test("a host that is part of another program refuses to be stopped, and says whom to ask")
        func embedded() async throws {
            let data = try TemporaryFolder()
            var options = JobsRuntime.Options(dataDirectory: data.path, appID: "embedded")
            options.listen = "127.0.0.1:0"
            let runtime = try JobsRuntime(options)
            try await runtime.start()
            let address = await runtime.address
            try await OwnThread.run {
                try Self.run("stop", "--data-dir", data.path).expectRefusal(status: 1, naming: ["program"])
            }
            #expect(await runtime.address == address)
            await runtime.stop()
        }
    }
}
