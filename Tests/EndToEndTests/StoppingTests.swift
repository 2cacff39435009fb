internal import Glibc
import TestKit
import Testing

extension EndToEnd {
    /// The end of a host: asked for, insisted on.
    @Suite("stopping")
    struct StoppingTests {
        private static func hostWithRun(
            _ data: TemporaryFolder, _ app: AppSink
        ) throws -> HostProcess {
            var options = HostProcess.Options(dataFolder: data.path)
            options.appPort = app.port
            let host = try HostProcess.start(options)
            #expect(try host.connect().schedule("running", #"{"dueTime":"1ms"}"#).status == 204)
            try app.wait(for: "running")
            return host
        }

        /// Waits until nobody listens on the host's port any more.
        private static func waitUntilClosed(_ host: HostProcess) throws {
            let deadline = Deadline.seconds(30)
            while (try? host.connect()) != nil {
                if deadline.hasPassed { throw TestFailure("the host goes on listening") }
                _ = host.process.waitForDeath(by: .milliseconds(5))
            }
        }

        @Test("Ctrl-C and SIGTERM stop an idle host with exit status 0", arguments: [SIGINT, SIGTERM])
        func idle(signal: Int32) async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let host = try HostProcess.start(.init(dataFolder: data.path))
                let idleConnection = try host.connect()
                host.process.send(signal)
                try host.process.expectSuccess()
                withExtendedLifetime(idleConnection) {}
            }
        }

        @Test("a run under way is waited for, and its result is kept", arguments: [SIGINT, SIGTERM])
        func drains(signal: Int32) async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let app = try AppSink { _, _ in .hold }
                let host = try Self.hostWithRun(data, app)
                host.process.send(signal)
                try Self.waitUntilClosed(host)
                #expect(host.process.exit == nil, "it did not wait for the run")
                app.release(with: 200)
                try host.process.expectSuccess()

                let next = try HostProcess.start(.init(dataFolder: data.path))
                #expect(try next.connect().has("running") == false, "the result of the last run was not kept")
                try next.stop()
            }
        }

        @Test("a run that does not end is abandoned after the drain limit, and runs again")
        func abandons() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let app = try AppSink { _, earlier in earlier == 0 ? .hold : .status(200) }
                let host = try Self.hostWithRun(data, app)
                host.process.send(SIGTERM)
                try host.process.expectSuccess()

                var options = HostProcess.Options(dataFolder: data.path)
                options.appPort = app.port
                let next = try HostProcess.start(options)
                try app.wait(for: "running", times: 2)
                let calls = app.calls(of: "running")
                #expect(calls[0].runID == calls[1].runID, "the same tick came under another run id")
                try next.stop()
            }
        }

        @Test("a second signal forces")
        func forces() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let app = try AppSink { _, _ in .hold }
                let host = try Self.hostWithRun(data, app)
                host.process.send(SIGINT)
                try Self.waitUntilClosed(host)
                #expect(host.process.exit == nil)
                host.process.send(SIGINT)
                // An orderly end, after the drain limit, would say 0.
                #expect(try host.process.waitForExit(by: .seconds(30)) != .status(0))
            }
        }

        @Test("a schedule that waits for the disk is answered before the host ends")
        func answersWhatWaits() async throws {
            try await OwnThread.run {
                let (data, elsewhere) = (try TemporaryFolder(), try TemporaryFolder())
                var options = HostProcess.Options(dataFolder: data.path)
                let faults = try FaultPage(in: elsewhere)
                options.faults = faults
                let host = try HostProcess.start(options)
                let connection = try host.connect()
                faults.closeGate()
                try connection.send("POST", "/v1.0/jobs/waiting", body: #"{"dueTime":"1h"}"#)
                #expect(faults.waitForSyncsWaiting(1, by: .seconds(30)))
                host.process.send(SIGTERM)
                try Self.waitUntilClosed(host)
                faults.openGate()
                #expect(try connection.receive().status == 204)
                try host.process.expectSuccess()
                let next = try HostProcess.start(.init(dataFolder: data.path))
                #expect(try next.connect().has("waiting"))
                try next.stop()
            }
        }
    }
}
