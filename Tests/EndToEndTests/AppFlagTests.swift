import TestKit
import Testing

extension EndToEnd {
    /// The flags of the app channel, and failure policies, over real sockets.
    @Suite("the app channel, as its flags set it")
    struct AppFlagTests {
        private static func host(
            _ data: TemporaryFolder, _ app: AppSink, _ arguments: [String] = []
        ) throws -> HostProcess {
            var options = HostProcess.Options(dataFolder: data.path)
            options.appPort = app.port
            options.arguments = arguments
            return try HostProcess.start(options)
        }

        @Test(
            "a failure policy decides how often a failing app is called (contract, section 5.1)",
            arguments: [
                (#"{"drop":{}}"#, #"{"drop":{}}"#, 1),
                (
                    #"{"constant":{"interval":"0.05s","max_retries":2}}"#,
                    #"{"constant":{"interval":"0.050s", "maxRetries":2}}"#, 3
                ),
                (#"{"constant":{"maxRetries":4}}"#, #"{"constant":{"maxRetries":4}}"#, 5),
            ])
        func policy(sent: String, shown: String, calls: Int) async throws {
            try await OwnThread.run {
                let (data, app) = (try TemporaryFolder(), try AppSink { _, _ in .status(500) })
                let host = try Self.host(data, app)
                try host.schedule("later", #"{"dueTime":"1h","failure_policy":\#(sent)}"#)
                #expect(try host.connect().job("later").body.hasSuffix(#", "failurePolicy":\#(shown)}"#))
                try host.schedule("bad", #"{"dueTime":"0s","failurePolicy":\#(sent)}"#)
                try host.waitUntilGone("bad")
                #expect(app.calls(of: "bad").map(\.attempt) == (1...calls).map { "\($0)" })
                #expect(app.calls(of: "bad").last?.isLastAttempt == "true")
                try host.stop()
            }
        }

        @Test("a policy is kept over a crash, and the attempts with it")
        func policySurvives() async throws {
            try await OwnThread.run {
                let (data, app) = (try TemporaryFolder(), try AppSink { _, _ in .status(500) })
                let policy = #"{"constant":{"interval":"0.300s", "maxRetries":4}}"#
                let first = try Self.host(data, app)
                try first.schedule("bad", #"{"dueTime":"0s","failurePolicy":\#(policy)}"#)
                // The second attempt leaves only after the first one's result is on disk.
                try app.wait(for: "bad", times: 2)
                try first.crash()
                let second = try Self.host(data, app)
                try second.waitUntilGone("bad")
                let attempts = app.calls(of: "bad").map { $0.attempt ?? "?" }
                #expect(Set(attempts) == ["1", "2", "3", "4", "5"], "\(attempts)")
                #expect(attempts.count <= 6, "\(attempts)")
                try second.stop()
            }
        }

        @Test("an app with a health check gets its jobs once it says that it is well (contract, section 5.6)")
        func health() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                // Unhealthy at first, then well, then unhealthy again, then well for good.
                let app = try AppSink { call, earlier in
                    call.path == "/well" ? .status([503, 200, 503][earlier...].first ?? 200) : .status(200)
                }
                let host = try Self.host(
                    data, app,
                    [
                        "--enable-app-health-check", "--app-health-check-path", "/well",
                        "--app-health-probe-interval", "1", "--app-health-probe-timeout", "1000",
                        "--app-health-threshold", "1",
                    ])
                try host.schedule("held", #"{"dueTime":"0s"}"#)
                try app.wait(for: "held")
                let order = app.calls.map(\.path).filter { $0 != "/dapr/config" }
                #expect(Array(order.prefix(3)) == ["/well", "/well", "/job/held"])
                try app.wait(forPath: "/well", times: 3)
                try host.keepTrying("it is unhealthy", by: .seconds(30)) {
                    host.process.errorOutput.contains("App entered un-healthy status")
                }
                try host.schedule("held-again", #"{"dueTime":"0s"}"#)
                try app.wait(for: "held-again")
                #expect(app.calls.filter { $0.path == "/well" }.count >= 4)
                #expect(app.calls(of: "held-again").map(\.attempt) == ["1"])
                try host.stop()
            }
        }

        @Test("--app-max-concurrency bounds the jobs that the app has at a time (contract, section 5.5)")
        func concurrency() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let app = try AppSink { call, _ in call.job == nil ? .status(200) : .hold }
                let host = try Self.host(
                    data, app, ["--app-max-concurrency", "2", "--route", "local-=droid-maintenance"])
                for index in 0..<5 { try host.schedule("job-\(index)", #"{"dueTime":"1ms"}"#) }
                // One of another route, due later, shows that their time has come.
                try host.schedule("local-1", #"{"data":"K-2SO:Polish","dueTime":"500ms"}"#)
                try host.process.waitForOutput(containing: "Starting droid: K-2SO", by: .seconds(30))
                #expect(app.calls.count { $0.job != nil } == 2)
                for index in 0..<5 {
                    try host.keepTrying("job-\(index) is done", by: .seconds(30)) {
                        app.release(with: 200)
                        return try !host.connect().has("job-\(index)")
                    }
                }
                #expect((0..<5).allSatisfy { app.count(of: "job-\($0)") == 1 })
                try host.stop()
            }
        }

        @Test("at start the app sees one GET /dapr/config that names the app id, unless it is turned off")
        func configuration() async throws {
            try await OwnThread.run {
                for arguments in [
                    [], ["--disable-init-endpoints=config"], ["--disable-init-endpoints", "subscribe"],
                ] {
                    let (data, app) = (try TemporaryFolder(), try AppSink { _, _ in .status(404) })
                    let host = try Self.host(data, app, arguments)
                    try host.schedule("job", #"{"dueTime":"0s"}"#)
                    try app.wait(for: "job")
                    try host.stop()
                    let calls = app.calls.filter { $0.path == "/dapr/config" }
                    #expect(
                        calls.map(\.method) == (arguments.first?.hasSuffix("config") == true ? [] : ["GET"]))
                    #expect(calls.allSatisfy { $0.headers["dapr-app-id"] == "test" })
                }
            }
        }

        @Test("APP_API_TOKEN goes with every call to the app, as dapr-api-token (contract, section 7)")
        func appToken() async throws {
            try await OwnThread.run {
                let (data, app) = (try TemporaryFolder(), try AppSink())
                var options = HostProcess.Options(dataFolder: data.path)
                options.appPort = app.port
                options.arguments = ["--enable-app-health-check"]
                options.environment = ["APP_API_TOKEN": "s3cret-of-the-app"]
                let host = try HostProcess.start(options)
                try host.schedule("job", #"{"dueTime":"0s"}"#)
                try app.wait(for: "job")
                try host.stop()
                #expect(Set(app.calls.map(\.path)) == ["/dapr/config", "/healthz", "/job/job"])
                #expect(app.calls.allSatisfy { $0.headers["dapr-api-token"] == "s3cret-of-the-app" })
            }
        }

        @Test("--app-channel-address says where the app is, with port and log as Dapr has them")
        func address() async throws {
            try await OwnThread.run {
                let (data, app) = (try TemporaryFolder(), try AppSink())
                let host = try Self.host(data, app, ["--app-channel-address", "localhost"])
                try host.schedule("job", #"{"dueTime":"0s"}"#)
                try app.wait(for: "job")
                #expect(app.calls(of: "job").first?.headers["host"] == "127.0.0.1:\(app.port)")
                try host.stop()
                for line in [
                    "application protocol: http. waiting on port \(app.port).  This will block until the app is listening on that port.",
                    "application discovered on port \(app.port)",
                ] {
                    #expect(host.process.errorLines.count { $0.contains(line) } == 1, "\(line)")
                }
            }
        }

        @Test("a 404 is logged as Dapr logs it")
        func notFound() async throws {
            try await OwnThread.run {
                let (data, app) = (try TemporaryFolder(), try AppSink { _, _ in .status(404) })
                let host = try Self.host(data, app)
                try host.schedule("lost", #"{"dueTime":"0s"}"#)
                try host.waitUntilGone("lost")
                try host.stop()
                #expect(
                    host.process.errorOutput.contains(
                        "non-retriable error returned from app while processing triggered job lost. status code returned: 5"
                    ))
                #expect(app.count(of: "lost") == 1)
            }
        }
    }
}
