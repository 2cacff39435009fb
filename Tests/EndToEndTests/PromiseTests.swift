import TestKit
import Testing

extension EndToEnd {
    /// The promise: a job that got its `204` is on disk.
    @Suite("the proof of the promise")
    struct PromiseTests {
        private static let connections = 64
        private static let jobsEach = 40

        /// A job as the fault library follows it: the marker stands in its name and in its data.
        private static func marked(_ number: Int) -> (name: String, fields: String) {
            let digits = String(number)
            let name = "proof-" + String(repeating: "0", count: 8 - digits.count) + digits
            return (name, #"{"data":{"job":"\#(name)"},"dueTime":"1h"}"#)
        }

        /// A host whose promises are watched.
        private static func watchedHost() throws -> (
            host: HostProcess, faults: FaultPage, folders: [TemporaryFolder]
        ) {
            let (data, elsewhere) = (try TemporaryFolder(), try TemporaryFolder())
            let faults = try FaultPage(in: elsewhere)
            faults.watchPromises()
            var options = HostProcess.Options(dataFolder: data.path)
            options.faults = faults
            let host = try HostProcess.start(options)
            #expect(faults.loads == 1, "the host did not load the fault library")
            return (host, faults, [data, elsewhere])
        }

        @Test("under load, no 204 leaves before the sync that holds its job or its removal")
        func underLoad() async throws {
            try await OwnThread.run {
                let (host, faults, folders) = try Self.watchedHost()
                let refusals = Monitor<[String]>([])
                let clients = (0..<Self.connections).map { client in
                    OwnThread {
                        do {
                            let connection = try host.connect()
                            for index in 0..<Self.jobsEach {
                                let job = Self.marked(client * Self.jobsEach + index)
                                let answer = try connection.schedule(job.name, job.fields)
                                if answer.status != 204 { refusals.withLock { $0.append("\(answer)") } }
                                // Every fourth goes again: a removal is a promise too.
                                guard index % 4 == 0 else { continue }
                                let removal = try connection.delete(job.name)
                                if removal.status != 204 { refusals.withLock { $0.append("\(removal)") } }
                            }
                        } catch {
                            refusals.withLock { $0.append("\(error)") }
                        }
                    }
                }
                for client in clients { #expect(client.join(by: .seconds(120))) }
                #expect(refusals.withLock { $0 } == [])
                #expect(faults.promisesChecked == Self.connections * (Self.jobsEach + Self.jobsEach / 4))
                #expect(faults.promisesBroken == 0, "the first was of job \(faults.firstBroken ?? -1)")
                #expect(faults.promisesRefused == 0)
                #expect(faults.requestsOverlooked == 0)
                // Answers share syncs; that is what makes durable cheap. One each would mean the group is broken.
                #expect(faults.syncs < faults.promisesChecked)
                try host.stop()
                withExtendedLifetime(folders) {}
            }
        }

        @Test("an answer waits for its sync, and a health check does not wait with it")
        func waitsForItsSync() async throws {
            try await OwnThread.run {
                let (host, faults, folders) = try Self.watchedHost()
                faults.closeGate()
                let scheduling = try host.connect()
                let job = Self.marked(1)
                try scheduling.send("POST", "/v1.0/jobs/\(job.name)", body: job.fields)
                #expect(faults.waitForSyncsWaiting(1, by: .seconds(30)))

                let checking = try host.connect()
                #expect(try checking.request("GET", "/v1.0/healthz/outbound").status == 204)
                #expect(!scheduling.hasInput, "the answer left while its sync was still under way")

                faults.openGate()
                #expect(try scheduling.receive().status == 204)
                #expect(faults.promisesChecked == 1)
                #expect(faults.promisesBroken == 0)
                try host.stop()
                withExtendedLifetime(folders) {}
            }
        }

        @Test("with the syncs taken out, every promise is seen to be broken")
        func withoutSyncs() async throws {
            try await OwnThread.run {
                let (host, faults, folders) = try Self.watchedHost()
                faults.swallowSyncs()
                let connection = try host.connect()
                for number in 0..<10 {
                    let job = Self.marked(number)
                    #expect(try connection.schedule(job.name, job.fields).status == 204)
                }
                #expect(faults.promisesChecked == 10)
                #expect(faults.promisesBroken == 10)
                try host.stop()
                withExtendedLifetime(folders) {}
            }
        }

        @Test("what arrives while a sync is under way shares the next one")
        func sharesTheNextSync() async throws {
            try await OwnThread.run {
                let (host, faults, folders) = try Self.watchedHost()
                let first = try host.connect()
                let others = try (0..<32).map { _ in try host.connect() }
                faults.closeGate()
                let job = Self.marked(0)
                try first.send("POST", "/v1.0/jobs/\(job.name)", body: job.fields)
                #expect(faults.waitForSyncsWaiting(1, by: .seconds(30)))
                let syncsBefore = faults.syncs
                for (index, connection) in others.enumerated() {
                    let job = Self.marked(index + 1)
                    try connection.send("POST", "/v1.0/jobs/\(job.name)", body: job.fields)
                }
                // The loop reads its sockets in turn: an answer to a later question means the earlier ones were read.
                #expect(try host.connect().request("GET", "/v1.0/healthz/outbound").status == 204)
                faults.openGate()
                for connection in [first] + others { #expect(try connection.receive().status == 204) }
                #expect(faults.syncs - syncsBefore < others.count / 2)
                #expect(faults.promisesBroken == 0)
                try host.stop()
                withExtendedLifetime(folders) {}
            }
        }

        @Test("answers to pipelined requests wait for their syncs, and leave in order")
        func pipelined() async throws {
            try await OwnThread.run {
                let (host, faults, folders) = try Self.watchedHost()
                let connection = try host.connect()
                let requests = (0..<16).map { number in
                    let job = Self.marked(number)
                    let head = "POST /v1.0/jobs/\(job.name) HTTP/1.1\r\nHost: a\r\n"
                    return head + "Content-Length: \(job.fields.utf8.count)\r\n\r\n" + job.fields
                }
                try connection.send(raw: requests.joined())
                for _ in requests { #expect(try connection.receive().status == 204) }
                #expect(faults.promisesChecked == requests.count)
                #expect(faults.promisesBroken == 0)
                try host.stop()
                withExtendedLifetime(folders) {}
            }
        }
    }
}
