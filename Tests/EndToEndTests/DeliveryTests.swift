import Glibc
import JobsRuntime
import Reactor
import TestKit
import Testing

extension EndToEnd {
    /// Jobs on their way to an app over real sockets.
    @Suite("delivery to an app")
    struct DeliveryTests {
        private static func host(
            _ data: TemporaryFolder, appPort: UInt16?, _ arguments: [String] = []
        ) throws -> HostProcess {
            var options = HostProcess.Options(dataFolder: data.path)
            options.appPort = appPort
            options.arguments = arguments
            return try HostProcess.start(options)
        }

        @Test("a trigger is the contract's request, with the run context beside it")
        func request() async throws {
            try await OwnThread.run {
                let (data, app) = (try TemporaryFolder(), try AppSink())
                let host = try Self.host(data, appPort: app.port)
                try host.schedule("r2-d2", #"{"data":{"Value":"R2-D2:Oil Change"},"dueTime":"20ms"}"#)
                try app.wait(for: "r2-d2")
                let call = try #require(app.calls.first { $0.job == "r2-d2" })
                #expect(call.method == "POST")
                #expect(call.path == "/job/r2-d2")
                #expect(call.body == #"{"Value":"R2-D2:Oil Change"}"#)
                #expect(call.headers["content-type"] == "application/json")
                #expect(call.headers["host"] == "127.0.0.1:\(app.port)")
                #expect(call.headers["content-length"] == "\(call.body.utf8.count)")
                #expect(call.attempt == "1")
                #expect(call.isLastAttempt == "false")
                #expect(call.runID?.isEmpty == false)
                let planned = try #require(call.plannedTime.flatMap(RFC3339.instant))
                #expect(planned <= WallTime(nanosecondsSince1970: call.nanosecondsSince1970))
                try host.waitUntilGone("r2-d2")
                #expect(app.count(of: "r2-d2") == 1)
                try host.stop()
            }
        }

        @Test(
            "data arrives as it was sent, to the digit",
            arguments: [
                (
                    #""data":{"b":1,"a":[1.0,2e3],"n":12345678901234567890},"#,
                    #"{"b":1,"a":[1.0,2e3],"n":12345678901234567890}"#
                ),
                (#""data":"plain \u0041","#, #""plain \u0041""#),
                (#""data":1.50,"#, "1.50"),
                (#""data":true,"#, "true"),
                (#""data":null,"#, "null"),
                (#""data":{"@type":"mine"},"#, #"{"@type":"mine"}"#),
                ("", ""),
            ])
        func data(field: String, body: String) async throws {
            try await OwnThread.run {
                let (data, app) = (try TemporaryFolder(), try AppSink())
                let host = try Self.host(data, appPort: app.port)
                try host.schedule("job", "{\(field)\"dueTime\":\"0s\"}")
                try app.wait(for: "job")
                #expect(app.calls[app.calls.count - 1].body == body)
                #expect(app.calls[app.calls.count - 1].headers["content-type"] == "application/json")
                try host.stop()
            }
        }

        @Test("a cron schedule is read in UTC, or in the zone it names, whatever the host's own zone is")
        func hostZone() async throws {
            try await OwnThread.run {
                let (data, app) = (try TemporaryFolder(), try AppSink())
                var options = HostProcess.Options(dataFolder: data.path)
                options.appPort = app.port
                options.environment = ["TZ": "America/New_York"]
                let host = try HostProcess.start(options)
                var now = timespec()
                unsafe clock_gettime(CLOCK_REALTIME, &now)
                // This hour and the next: neither is New York's, and a match is never more than a second away.
                func schedule(_ name: String, zone: String, secondsFromUTC: Int) throws {
                    let hour = (now.tv_sec + secondsFromUTC) / 3600 % 24
                    let fields = "* * \(hour),\((hour + 1) % 24) * * *"
                    try host.schedule(name, #"{"schedule":"\#(zone)\#(fields)","repeats":1}"#)
                }
                try schedule("utc", zone: "", secondsFromUTC: 0)
                try schedule("zone", zone: "TZ=Asia/Kathmandu ", secondsFromUTC: 20_700)
                try app.wait(for: "utc")
                try app.wait(for: "zone")
                try host.stop()
            }
        }

        @Test("a name with a space reaches the app encoded")
        func encodedName() async throws {
            try await OwnThread.run {
                let (data, app) = (try TemporaryFolder(), try AppSink())
                let host = try Self.host(data, appPort: app.port)
                try host.schedule("two%20words%25", #"{"dueTime":"0s"}"#)
                try app.wait(for: "two%20words%25")
                try host.stop()
            }
        }

        @Test(
            "an app that answers with failure is tried four times, anchored to the planned time, then never again"
        )
        func failing() async throws {
            try await OwnThread.run {
                let (data, app) = (try TemporaryFolder(), try AppSink { _, _ in .status(500) })
                let host = try Self.host(data, appPort: app.port)
                try host.schedule("bad", #"{"dueTime":"10ms"}"#)
                try app.wait(for: "bad", times: 4)
                try host.waitUntilGone("bad")
                let calls = app.calls(of: "bad")
                #expect(calls.map(\.attempt) == ["1", "2", "3", "4"])
                #expect(calls.map(\.isLastAttempt) == ["false", "false", "false", "true"])
                #expect(Set(calls.map(\.runID)).count == 1)
                #expect(Set(calls.map(\.plannedTime)).count == 1)
                let planned = try #require(calls[0].plannedTime.flatMap(RFC3339.instant))
                for (retry, call) in calls.enumerated() {
                    #expect(
                        WallTime(nanosecondsSince1970: call.nanosecondsSince1970) >= planned + .seconds(retry)
                    )
                }
                try host.stop()
            }
        }

        @Test(
            "404 is success to the schedule, and no other failure is", arguments: [404, 200, 201, 204, 299])
        func success(status: Int) async throws {
            try await OwnThread.run {
                let (data, app) = (try TemporaryFolder(), try AppSink { _, _ in .status(status) })
                let host = try Self.host(data, appPort: app.port)
                try host.schedule("job", #"{"dueTime":"0s"}"#)
                try host.waitUntilGone("job")
                #expect(app.count(of: "job") == 1)
                try host.stop()
            }
        }

        @Test(
            "a failed attempt is made again and may succeed",
            arguments: [301, 400, 401, 403, 405, 409, 429, 503])
        func retry(status: Int) async throws {
            try await OwnThread.run {
                let (data, app) = (
                    try TemporaryFolder(), try AppSink { _, earlier in .status(earlier == 0 ? status : 200) }
                )
                let host = try Self.host(data, appPort: app.port)
                try host.schedule("job", #"{"dueTime":"0s"}"#)
                try host.waitUntilGone("job")
                #expect(app.calls(of: "job").map(\.attempt) == ["1", "2"])
                try host.stop()
            }
        }

        @Test("an app that hangs up without an answer has failed the attempt")
        func hangUp() async throws {
            try await OwnThread.run {
                let (data, app) = (
                    try TemporaryFolder(),
                    try AppSink { call, _ in call.attempt == "1" ? .hangUp : .status(200) }
                )
                let host = try Self.host(data, appPort: app.port)
                try host.schedule("job", #"{"dueTime":"0s"}"#)
                try host.waitUntilGone("job")
                #expect(app.calls(of: "job").last?.attempt == "2")
                try host.stop()
            }
        }

        @Test("an app that is down holds its jobs: they burn no attempt, and fire when it is up")
        func appDown() async throws {
            try await OwnThread.run {
                let (data, port) = (try TemporaryFolder(), try FreePort.find())
                let host = try Self.host(data, appPort: port, ["--route", "local-=droid-maintenance"])
                for index in 0..<10 { try host.schedule("held-\(index)", #"{"dueTime":"1ms"}"#) }
                // A job of another route, due later, shows that their time has come and that nobody else waits.
                try host.schedule("local-1", #"{"data":"K-2SO:Polish","dueTime":"1200ms"}"#)
                try host.process.waitForOutput(containing: "Starting droid: K-2SO", by: .seconds(30))
                let connection = try host.connect()
                for index in 0..<10 { #expect(try connection.has("held-\(index)")) }

                let app = try AppSink(port: port)
                for index in 0..<10 {
                    try app.wait(for: "held-\(index)")
                    try host.waitUntilGone("held-\(index)")
                    #expect(app.calls(of: "held-\(index)").map(\.attempt) == ["1"])
                }
                try host.stop()
            }
        }

        @Test("an app that goes down and comes back loses nothing")
        func appRestarts() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let first = try AppSink()
                let host = try Self.host(data, appPort: first.port, ["--route", "local-=droid-maintenance"])
                try host.schedule("warm-up", #"{"dueTime":"0s"}"#)
                try host.waitUntilGone("warm-up")
                first.stop()
                try host.schedule("held", #"{"dueTime":"1ms"}"#)
                try host.schedule("local-1", #"{"data":"K-2SO:Polish","dueTime":"1200ms"}"#)
                try host.process.waitForOutput(containing: "Starting droid: K-2SO", by: .seconds(30))
                #expect(try host.connect().has("held"))

                let second = try AppSink(port: first.port)
                try second.wait(for: "held")
                try host.waitUntilGone("held")
                #expect(second.count(of: "held") == 1)
                try host.stop()
            }
        }

        @Test("an app that is slow with one job gets the others")
        func slowJob() async throws {
            try await OwnThread.run {
                let (data, app) = (
                    try TemporaryFolder(),
                    try AppSink { call, _ in call.job == "slow" ? .hold : .status(200) }
                )
                let host = try Self.host(data, appPort: app.port)
                try host.schedule("slow", #"{"dueTime":"0s"}"#)
                try app.wait(for: "slow")
                for index in 0..<20 {
                    try host.schedule("quick-\(index)", #"{"dueTime":"0s"}"#)
                    try host.waitUntilGone("quick-\(index)")
                }
                #expect(try host.connect().has("slow"))
                app.release(with: 200)
                try host.waitUntilGone("slow")
                #expect(app.count(of: "slow") == 1)
                try host.stop()
            }
        }

        @Test("ticks of one job come one at a time, each with its planned time and run id")
        func repeats() async throws {
            try await OwnThread.run {
                let (data, app) = (try TemporaryFolder(), try AppSink())
                let host = try Self.host(data, appPort: app.port)
                try host.schedule("tick", #"{"schedule":"@every 50ms","repeats":6}"#)
                try host.waitUntilGone("tick")
                let calls = app.calls(of: "tick")
                #expect(calls.count == 6)
                #expect(Set(calls.map(\.runID)).count == 6)
                #expect(calls.allSatisfy { $0.attempt == "1" })
                let planned = try calls.map { try #require($0.plannedTime.flatMap(RFC3339.instant)) }
                for (earlier, later) in zip(planned, planned.dropFirst()) {
                    #expect(later - earlier == .milliseconds(50))
                }
                try host.stop()
            }
        }

        @Test("ticks missed while the host was dead are caught up, each once")
        func catchUp() async throws {
            try await OwnThread.run {
                let (data, app) = (try TemporaryFolder(), try AppSink())
                let first = try Self.host(data, appPort: app.port)
                try first.schedule("tick", #"{"schedule":"@every 40ms","repeats":40}"#)
                try app.wait(for: "tick", times: 2)
                try first.crash()
                let second = try Self.host(data, appPort: app.port)
                try second.waitUntilGone("tick")
                #expect(Set(app.calls(of: "tick").map(\.plannedTime)).count == 40)
                try second.stop()
            }
        }

        @Test("attempts are counted across a crash")
        func attemptsSurvive() async throws {
            try await OwnThread.run {
                let (data, app) = (try TemporaryFolder(), try AppSink { _, _ in .status(500) })
                let first = try Self.host(data, appPort: app.port)
                try first.schedule("bad", #"{"dueTime":"0s"}"#)
                // The second attempt leaves only after the first one's result is on disk.
                try app.wait(for: "bad", times: 2)
                try first.crash()
                let second = try Self.host(data, appPort: app.port)
                try second.waitUntilGone("bad")
                let attempts = app.calls(of: "bad").map { $0.attempt ?? "?" }
                #expect(Set(attempts) == ["1", "2", "3", "4"], "\(attempts)")
                #expect(attempts == attempts.sorted(), "the count went back: \(attempts)")
                #expect(attempts.count <= 5, "more than the attempt under way came again: \(attempts)")
                try second.stop()
            }
        }

        @Test("a job without a route stays, is named once, and fires when a route appears")
        func missingRoute() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let first = try Self.host(data, appPort: nil, ["--route", "local-=droid-maintenance"])
                try first.schedule("c-3po", #"{"data":"C-3PO:Limb Calibration","dueTime":"1ms"}"#)
                try first.schedule("local-1", #"{"data":"K-2SO:Polish","dueTime":"100ms"}"#)
                try first.process.waitForOutput(containing: "Starting droid: K-2SO", by: .seconds(30))
                #expect(try first.connect().has("c-3po"))
                try first.stop()
                #expect(first.process.errorLines.count { $0.contains("c-3po") } == 1)

                let second = try Self.host(data, appPort: nil, ["--route", "c-3=droid-maintenance"])
                try second.process.waitForOutput(containing: "Starting droid: C-3PO", by: .seconds(30))
                try second.waitUntilGone("c-3po")
                try second.stop()
            }
        }

        @Test("a job overwritten while its trigger is out keeps its new schedule")
        func overwriteUnderWay() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let app = try AppSink { call, _ in call.job == "job" ? .hold : .status(200) }
                let host = try Self.host(data, appPort: app.port)
                try host.schedule("job", #"{"data":"old","dueTime":"0s"}"#)
                try app.wait(for: "job")
                try host.schedule("job", #"{"data":"new","dueTime":"1h","overwrite":true}"#)
                app.release(with: 200)
                // The old result is judged before this one is answered.
                try host.schedule("barrier", #"{"dueTime":"0s"}"#)
                try host.waitUntilGone("barrier")
                let answer = try host.connect().job("job")
                #expect(answer.body.contains(#""new""#) && answer.body.contains("1h"), "\(answer)")
                try host.stop()
            }
        }
    }
}
