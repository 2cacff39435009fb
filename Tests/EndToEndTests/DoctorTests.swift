import Foundation
import TestKit
import Testing

extension EndToEnd {
    /// `mainspring doctor` on machines with and without something to mend.
    @Suite("mainspring doctor")
    struct DoctorTests {
        /// A line of `mainspring doctor --json`.
        struct Finding: Decodable {
            var check: String
            var verdict: String
            var found: String
            var mend: String?
        }

        /// What the doctor says, and its exit status, which must fit.
        private static func ask(
            _ folder: String, _ words: [String] = [], _ environment: [String: String] = [:],
            sourceLocation: SourceLocation = #_sourceLocation
        ) throws -> [Finding] {
            // Ports that nobody asked about are left to the host, so that no test meets another's.
            let process = try ChildProcess(
                Products.path(of: "mainspring"),
                ["doctor", "--json", "--data-dir", folder, "--metrics-port", "0", "--http-port", "0"] + words,
                environment: environment)
            let exit = try process.waitForExit(by: .seconds(30))
            #expect(process.errorOutput.isEmpty, sourceLocation: sourceLocation)
            let findings = try JSONDecoder().decode([Finding].self, from: Data(process.output.utf8))
            let hasProblem = findings.contains { $0.verdict == "problem" }
            #expect(exit == .status(hasProblem ? 1 : 0), "\(findings)", sourceLocation: sourceLocation)
            for finding in findings {
                #expect((finding.mend == nil) == (finding.verdict == "ok"), sourceLocation: sourceLocation)
            }
            return findings
        }

        private static func finding(
            _ check: String, _ findings: [Finding], sourceLocation: SourceLocation = #_sourceLocation
        ) throws -> Finding {
            try #require(findings.first { $0.check == check }, "\(findings)", sourceLocation: sourceLocation)
        }

        /// A folder that a host has kept a job in, and has closed.
        private static func usedFolder(_ parent: TemporaryFolder) throws -> String {
            let folder = parent.path(of: "jobs")
            let host = try HostProcess.start(.init(dataFolder: folder))
            #expect(try host.connect().schedule("later", #"{"dueTime":"1h"}"#).status == 204)
            try host.stop()
            return folder
        }

        /// Names, sizes, times and bytes of all that is in a folder.
        private static func state(of folder: String) throws -> [String: [Data]] {
            var state: [String: [Data]] = [:]
            for file in try FileTree.files(below: folder) + [folder] {
                let status = try FileManager.default.attributesOfItem(atPath: file)
                let modified =
                    "\(String(describing: status[.modificationDate])) \(String(describing: status[.size]))"
                state[file] = [Data(modified.utf8), FileManager.default.contents(atPath: file) ?? Data()]
            }
            return state
        }

        @Test("a folder that a host may use is in order, and is left byte for byte as it was")
        func healthy() async throws {
            try await OwnThread.run {
                let parent = try TemporaryFolder()
                let folder = try Self.usedFolder(parent)
                let before = try Self.state(of: folder)
                let findings = try Self.ask(folder)
                #expect(try Self.state(of: folder) == before)
                #expect(!findings.contains { $0.verdict == "problem" }, "\(findings)")
                for check in [
                    "http-port", "metrics-port", "data-dir", "disk", "lock", "clock", "zones", "libraries",
                    "open files",
                ] {
                    _ = try Self.finding(check, findings)
                }
                let libraries = try Self.finding("libraries", findings).found
                for name in ["libuv 1.", "llhttp ", "simdjson ", "RocksDB ", "libyaml 0."] {
                    #expect(libraries.contains(name))
                }
                #expect(try Self.finding("lock", findings).found.contains("held by nobody"))
            }
        }

        @Test("a folder that is not there yet is in order, and is not made")
        func missing() async throws {
            try await OwnThread.run {
                let parent = try TemporaryFolder()
                let findings = try Self.ask(parent.path(of: "a/b"))
                #expect(try Self.finding("data-dir", findings).verdict == "ok")
                #expect(try FileTree.files(below: parent.path).isEmpty)
            }
        }

        @Test("while a host runs in the folder all is in order, the host is named, and it goes on")
        func running() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let host = try HostProcess.start(.init(dataFolder: data.path))
                let findings = try Self.ask(data.path, ["--http-port", "\(host.port)"])
                let port = try Self.finding("http-port", findings)
                #expect(port.verdict == "ok" && port.found.contains("process \(host.process.id)"))
                let lock = try Self.finding("lock", findings)
                #expect(
                    lock.verdict == "ok" && lock.found.contains("mainspring (process \(host.process.id))"))
                #expect(lock.found.contains("\(host.port)"))
                #expect(!findings.contains { $0.check == "socket" }, "its socket is there")
                #expect(try host.connect().request("GET", "/v1.0/healthz/outbound").status == 204)
                try host.stop()
            }
        }

        @Test("a host that was stopped holds the folder and fires nothing: the doctor says how to go on")
        func stopped() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let host = try HostProcess.start(.init(dataFolder: data.path))
                host.process.send(SIGSTOP)
                var status = unsafe siginfo_t()
                // Waits for the stop, and leaves it to be waited for again.
                let waited = unsafe waitid(
                    P_PID, id_t(host.process.id), &status, Int32(WSTOPPED | WNOWAIT))
                #expect(waited == 0)
                let lock = try Self.finding("lock", try Self.ask(data.path))
                #expect(lock.verdict == "problem" && lock.found.contains("process \(host.process.id)"))
                #expect(lock.mend?.contains("kill -CONT \(host.process.id)") ?? false)
                host.process.send(SIGCONT)
                try host.stop()
            }
        }

        @Test("a lock that a crash left is in nobody's way")
        func staleLock() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let host = try HostProcess.start(.init(dataFolder: data.path))
                try host.crash()
                let findings = try Self.ask(data.path)
                let lock = try Self.finding("lock", findings)
                #expect(lock.verdict == "ok" && lock.found.contains("held by nobody"), "\(lock)")
                let socket = try Self.finding("socket", findings)
                #expect(socket.verdict == "ok" && socket.found.contains("mainspring.sock"), "\(socket)")
            }
        }

        @Test(
            "a port that another process has is a problem, and the process is named",
            arguments: ["http-port", "metrics-port", "dapr-public-port"])
        func takenPort(name: String) async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let listener = try Listener(port: 0)
                let findings = try Self.ask(data.path, ["--\(name)", "\(listener.port)"])
                let port = try Self.finding(name, findings)
                #expect(port.verdict == "problem")
                #expect(port.found.contains("127.0.0.1:\(listener.port)"))
                #expect(port.found.contains("(process \(getpid()))"), "\(port)")
                #expect(port.mend?.contains("--\(name)") ?? false)
            }
        }

        @Test("an address that is not this machine's, and one that lets everybody in, are told")
        func addresses() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                // Of a block that documentation alone may use.
                let foreign = try Self.ask(data.path, ["--http-port", "3500", "--listen", "192.0.2.1"])
                let port = try Self.finding("http-port", foreign)
                #expect(port.verdict == "problem" && port.mend?.contains("--listen") ?? false)
                let open = try Self.finding("listen", try Self.ask(data.path, ["--listen", "0.0.0.0"]))
                #expect(open.verdict == "warning" && open.mend?.contains("DAPR_API_TOKEN") ?? false)
                let guarded = try Self.ask(data.path, ["--listen", "0.0.0.0"], ["DAPR_API_TOKEN": "s3cret"])
                #expect(!guarded.contains { $0.check == "listen" || $0.found.contains("s3cret") })
            }
        }

        @Test("an app that does not listen is a problem, and one that does is none")
        func app() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let free = try FreePort.find()
                let dead = try Self.finding("app-port", try Self.ask(data.path, ["--app-port", "\(free)"]))
                #expect(
                    dead.verdict == "problem" && dead.found.contains("nobody listens on 127.0.0.1:\(free)"))
                let listener = try Listener(port: 0)
                let alive = try Self.ask(data.path, ["--app-port", "\(listener.port)"])
                #expect(try Self.finding("app-port", alive).verdict == "ok")
                #expect(!(try Self.ask(data.path)).contains { $0.check == "app-port" })
            }
        }

        @Test("a folder that is a file, that lies below one, or that belongs to somebody else is told")
        func badFolder() async throws {
            try await OwnThread.run {
                let parent = try TemporaryFolder()
                let file = try parent.write("x", to: "file")
                for path in [file, file + "/jobs"] {
                    let folder = try Self.finding("data-dir", try Self.ask(path))
                    #expect(folder.verdict == "problem" && folder.found.contains(path))
                    #expect(folder.mend?.contains("--data-dir") ?? false)
                }
                // Only the superuser can give a folder away.
                guard geteuid() == 0 else { return }
                let strange = parent.path(of: "strange")
                try FileManager.default.createDirectory(atPath: strange, withIntermediateDirectories: false)
                #expect(unsafe chown(strange, 12_345, 12_345) == 0)
                let folder = try Self.finding("data-dir", try Self.ask(strange))
                #expect(folder.verdict == "warning" && folder.found.contains("user 12345"))
            }
        }

        @Test("zones that are not there are a problem, and a TZ that names none is told")
        func zones() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let none = try Self.ask(data.path, [], ["TZDIR": "/nonexistent"])
                let zones = try Self.finding("zones", none)
                #expect(zones.verdict == "problem" && zones.mend?.contains("tzdata") ?? false)
                let strange = try Self.ask(data.path, [], ["TZ": "Mars/Base"])
                let zone = try Self.finding("TZ", strange)
                #expect(zone.verdict == "warning" && zone.found.contains("Mars/Base"))
                let known = try Self.ask(data.path, [], ["TZ": "Europe/Berlin"])
                #expect(try Self.finding("TZ", known).verdict == "ok")
            }
        }

        @Test("a person gets one line for each check, with what mends it")
        func lines() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let listener = try Listener(port: 0)
                let process = try ChildProcess(
                    Products.path(of: "mainspring"),
                    ["doctor", "--data-dir", data.path, "--http-port", "\(listener.port)"])
                #expect(try process.waitForExit(by: .seconds(30)) == .status(1))
                let lines = process.output.split(separator: "\n")
                #expect(
                    lines.allSatisfy { line in
                        ["ok ", "warning ", "problem "].contains { line.hasPrefix($0) }
                    })
                let problem = try #require(lines.first { $0.hasPrefix("problem  http-port ") })
                #expect(problem.hasSuffix("stop that one, or choose another with --http-port"))
            }
        }
    }
}
