internal import Glibc
import TestKit
import Testing

extension EndToEnd {
    /// What a disk can do to a host, and what the host may do then.
    @Suite("a disk that is full, failing or slow")
    struct FaultyDiskTests {
        /// A fault that keeps commits from the disk.
        enum Fault: String, CaseIterable, Sendable {
            case full, filling, failingWrites, failingSyncs

            func begin(_ faults: FaultPage) {
                switch self {
                case .full: faults.limitDisk(to: 0)
                case .filling: faults.limitDisk(to: 60)  // cuts a record in two
                case .failingWrites: faults.failWrites(true)
                case .failingSyncs: faults.failSyncs(true)
                }
            }

            func end(_ faults: FaultPage) {
                faults.freeDisk()
                faults.failWrites(false)
                faults.failSyncs(false)
            }

            /// What must stand in the message, in lower case.
            var reason: String {
                switch self {
                case .full, .filling: "is full"
                case .failingWrites, .failingSyncs: "input/output error"
                }
            }
        }

        private static func options(_ faults: FaultPage, _ data: TemporaryFolder) -> HostProcess.Options {
            var options = HostProcess.Options(dataFolder: data.path)
            options.faults = faults
            return options
        }

        private static func schedule(_ count: Int, _ prefix: String, on host: HostProcess) throws -> [String]
        {
            let connection = try host.connect()
            return try (0..<count).map { index in
                let name = "\(prefix)-\(index)"
                let answer = try connection.schedule(name, #"{"data":{"n":\#(index)},"dueTime":"1h"}"#)
                guard answer.status == 204 else { throw TestFailure("scheduling '\(name)': \(answer)") }
                return name
            }
        }

        private static func works(_ host: HostProcess, _ name: String) throws -> Bool {
            let answer = try host.connect().schedule(name, #"{"dueTime":"1h","overwrite":true}"#)
            return answer.status == 204
        }

        @Test(
            "clients are refused with the reason, and all is well again without a restart",
            arguments: Fault.allCases)
        func refusesAndRecovers(fault: Fault) async throws {
            try await OwnThread.run {
                let (data, elsewhere) = (try TemporaryFolder(), try TemporaryFolder())
                let faults = try FaultPage(in: elsewhere)
                let host = try HostProcess.start(Self.options(faults, data))
                var acknowledged = try Self.schedule(50, "before", on: host)

                fault.begin(faults)
                let connection = try host.connect()
                var refusal = try connection.schedule("refused-0", #"{"dueTime":"1h"}"#)
                if fault == .filling, refusal.status == 204 {
                    acknowledged.append("refused-0")  // it still fitted
                    refusal = try connection.schedule("refused-1", #"{"dueTime":"1h"}"#)
                }
                #expect(refusal.status == 503)
                #expect(refusal.errorCode == "DAPR_SCHEDULER_SCHEDULE_JOB")
                #expect(refusal.body.contains("code = Unavailable"))
                #expect(refusal.body.lowercased().contains(fault.reason), "\(refusal)")

                // Reads and removals fail as the contract says or are served; the connection and the host go on.
                #expect([200, 500].contains(try connection.job("before-0").status))
                #expect([204, 500].contains(try connection.delete("nobody").status))
                #expect(try connection.schedule("refused-2", #"{"dueTime":"1h"}"#).status == 503)
                #expect(try connection.schedule("bad", #"{"dueTime":"#).status == 400)
                #expect(host.process.exit == nil)

                fault.end(faults)
                try host.keepTrying("scheduling again", by: .seconds(60)) { try Self.works(host, "after") }
                for name in acknowledged {
                    #expect(try host.connect().has(name), "'\(name)' was acknowledged and is lost")
                }

                // What was acknowledged on either side of the fault is on disk.
                try host.crash()
                let next = try HostProcess.start(HostProcess.Options(dataFolder: data.path))
                for name in acknowledged + ["after"] {
                    #expect(try next.connect().has(name), "'\(name)' is lost")
                }
                try next.stop()
            }
        }

        @Test("what is due runs while the disk is full, and once only")
        func dueJobsRun() async throws {
            try await OwnThread.run {
                let (data, elsewhere) = (try TemporaryFolder(), try TemporaryFolder())
                let faults = try FaultPage(in: elsewhere)
                let app = try AppSink()
                var options = Self.options(faults, data)
                options.appPort = app.port
                let host = try HostProcess.start(options)
                let names = (0..<20).map { "due-\($0)" }
                let connection = try host.connect()
                for name in names {
                    #expect(try connection.schedule(name, #"{"dueTime":"1500ms"}"#).status == 204)
                }
                faults.limitDisk(to: 0)
                for name in names { try app.wait(for: name) }
                #expect(try connection.schedule("refused", #"{"dueTime":"1h"}"#).status == 503)

                faults.freeDisk()
                try host.keepTrying("settling what ran", by: .seconds(60)) {
                    let connection = try host.connect()
                    return try Self.works(host, "after")
                        && names.allSatisfy { try connection.has($0) == false }
                }
                for name in names {
                    #expect(app.count(of: name) == 1, "'\(name)' ran again though its result was known")
                }
                try host.stop()
            }
        }

        @Test(
            "a host that dies on a full disk finds all that was acknowledged behind the torn end of its log")
        func tornLog() async throws {
            try await OwnThread.run {
                let (data, elsewhere) = (try TemporaryFolder(), try TemporaryFolder())
                let faults = try FaultPage(in: elsewhere)
                let host = try HostProcess.start(Self.options(faults, data))
                var acknowledged = try Self.schedule(20, "kept", on: host)
                let connection = try host.connect()
                faults.limitDisk(to: 1_000)
                for index in 0..<100 {
                    let answer = try connection.schedule("filling-\(index)", #"{"dueTime":"1h"}"#)
                    if answer.status != 204 { break }
                    acknowledged.append("filling-\(index)")
                }
                #expect(faults.faults > 0)
                try host.crash()
                let next = try HostProcess.start(HostProcess.Options(dataFolder: data.path))
                for name in acknowledged { #expect(try next.connect().has(name), "'\(name)' is lost") }
                try next.stop()
            }
        }

        @Test("a slow sync delays what it holds and nothing else")
        func slowSync() async throws {
            try await OwnThread.run {
                let (data, elsewhere) = (try TemporaryFolder(), try TemporaryFolder())
                let faults = try FaultPage(in: elsewhere)
                let app = try AppSink()
                var options = Self.options(faults, data)
                options.appPort = app.port
                let host = try HostProcess.start(options)
                let connection = try host.connect()
                #expect(try connection.schedule("due", #"{"dueTime":"300ms"}"#).status == 204)
                faults.closeGate()
                try connection.send("POST", "/v1.0/jobs/slow", body: #"{"dueTime":"1h"}"#)
                #expect(faults.waitForSyncsWaiting(1, by: .seconds(30)))
                try app.wait(for: "due")
                #expect(!connection.hasInput)
                faults.openGate()
                #expect(try connection.receive().status == 204)

                faults.slowSyncs(milliseconds: 100)
                #expect(try connection.schedule("slower", #"{"dueTime":"1h"}"#).status == 204)
                try host.stop()
            }
        }

        @Test("a host told to stop while its disk is full stops, and keeps what it had acknowledged")
        func stopsOnFullDisk() async throws {
            try await OwnThread.run {
                let (data, elsewhere) = (try TemporaryFolder(), try TemporaryFolder())
                let faults = try FaultPage(in: elsewhere)
                let host = try HostProcess.start(Self.options(faults, data))
                let acknowledged = try Self.schedule(20, "kept", on: host)
                faults.limitDisk(to: 0)
                #expect(try host.connect().schedule("refused", #"{"dueTime":"1h"}"#).status == 503)
                host.process.send(SIGTERM)
                let exit = try host.process.waitForExit(by: .seconds(30))
                guard case .status = exit else { throw TestFailure("it crashed with \(exit)") }
                let next = try HostProcess.start(HostProcess.Options(dataFolder: data.path))
                for name in acknowledged { #expect(try next.connect().has(name), "'\(name)' is lost") }
                try next.stop()
            }
        }

        @Test("a host that finds the disk full when it starts says so in a sentence")
        func fullAtStart() async throws {
            try await OwnThread.run {
                let (data, elsewhere) = (try TemporaryFolder(), try TemporaryFolder())
                let faults = try FaultPage(in: elsewhere)
                faults.limitDisk(to: 0)
                let host = try HostProcess(Self.options(faults, data))
                try host.expectRefusal(status: 1, naming: [data.path])
            }
        }
    }
}
