import Glibc
import TestKit
import Testing

extension EndToEnd {
    /// `mainspring run -f` (contract, sections 9.1 to 9.3).
    @Suite("run, a template")
    struct RunTemplateTests {
        @Test(
            "one process serves each app id on its own ports, and prints each app's lines behind its prefix")
        func twoApps() async throws {
            try await OwnThread.run {
                let run = try RunFixture()
                let (first, second) = (try FreePort.find(), try FreePort.find())
                let (sink, script) = (
                    try AppSink(), "echo \"out $APP_ID\"; echo err >&2; while :; do sleep 0.1; done"
                )
                // The first app is another's: it has no command and listens already.
                try run.writeTemplate([("other", script, ["daprHTTPPort: \(second)"])])
                let template = try TemporaryFolder.read(run.folder.path(of: "dapr.yaml"))
                try run.folder.write(
                    template
                        + "  - {appID: sink, appDirPath: ., appPort: \(sink.port), daprHTTPPort: \(first)}\n",
                    to: "dapr.yaml")
                let process = try run.start(["-f", "dapr.yaml"])
                try process.waitForOutput(containing: "== APP - other == out other", by: .seconds(30))
                try process.waitForOutput(
                    containing: "No application command found for app \"sink\"", by: .seconds(30))
                let (sinks, others) = (try HTTPConnection(port: first), try HTTPConnection(port: second))
                #expect(try sinks.schedule("job", #"{"dueTime":"1h"}"#).status == 204)
                #expect(try !others.has("job"))
                #expect(try sinks.schedule("now", #"{"dueTime":"0s"}"#).status == 204)
                try sink.wait(for: "now")
                try process.waitForOutput(containing: "== APP - other == err", by: .seconds(30))
                try process.interrupt()
                #expect(
                    process.lines.filter { $0.hasPrefix("ℹ️  Started") } == [
                        "ℹ️  Started Dapr with app id \"other\". HTTP Port: \(second). gRPC Port: \(try Self.gRPCPort(process, "other"))",
                        "ℹ️  Started Dapr with app id \"sink\". HTTP Port: \(first). gRPC Port: \(try Self.gRPCPort(process, "sink"))",
                    ])
                #expect(process.lines.first == "ℹ️  Validating config and starting app \"other\"")
                #expect(
                    process.lines.contains(
                        "ℹ️  Writing log files to directory : \(run.folder.path)/other/.dapr/logs"))
                #expect(!process.output.contains("level=info") && !process.errorOutput.contains("level=info"))
            }
        }

        private static func gRPCPort(_ process: ChildProcess, _ appID: String) throws -> String {
            let line = try #require(
                process.lines.first { $0.contains("Started Dapr with app id \"\(appID)\"") })
            return try #require(line.split(separator: " ").last.map(String.init))
        }

        @Test("lines go to the console, to a file, or to both, the host's as well as the app's")
        func destinations() async throws {
            try await OwnThread.run {
                let run = try RunFixture()
                let script = #"printf '\033[31m%s\033[0m\n' "I am $APP_ID"; exit 0"#
                let process = try run.start([
                    ("both", script, []),
                    ("console", script, ["appLogDestination: console", "daprdLogDestination: console"]),
                    ("file", script, ["appLogDestination: file", "daprdLogDestination: fileAndConsole"]),
                ])
                for _ in 0..<3 {
                    try process.waitForOutput(
                        containing: "Exited App successfully. App id: \"file\"", by: .seconds(30))
                }
                try process.interrupt()
                #expect(process.lines(of: "both") == ["I am both"])
                #expect(process.lines(of: "console") == ["I am console"])
                #expect(process.lines(of: "file") == [])
                #expect(try run.log(of: "both", "app").contains("I am both"))
                #expect(try run.log(of: "both", "daprd").contains { $0.contains("dapr initialized") })
                #expect(try run.log(of: "file", "app").contains("I am file"))
                #expect(try run.log(of: "file", "daprd").contains { $0.contains("app_id=file") })
                #expect(unsafe access(run.folder.path(of: "console/.dapr"), F_OK) != 0)
                let hosts = process.lines.filter { $0.contains("dapr initialized") }
                #expect(
                    hosts.count == 2
                        && hosts.allSatisfy { $0.hasPrefix("time=") && !$0.contains("app_id=both") })
                let name = try #require(
                    try FileTree.files(below: run.folder.path(of: "both/.dapr/logs")).first)
                #expect(name.contains(#/\/both_(app|daprd)_20\d{12}\.log$/#))
            }
        }

        @Test("an app that ends, well or not, ends nothing else, and the run is no failure")
        func endings() async throws {
            try await OwnThread.run {
                let run = try RunFixture()
                let process = try run.start([
                    ("well", "exit 0", []), ("badly", "exit 3", []),
                    ("on", "echo on; while :; do sleep 0.1; done", ["appPort: \(try FreePort.find())"]),
                ])
                try process.waitForOutput(
                    containing: "✅  Exited App successfully. App id: \"well\"", by: .seconds(30))
                try process.waitForOutput(
                    containing: "❌  The App process exited with error code: exit status 3. App id: \"badly\"",
                    by: .seconds(30))
                try process.waitForOutput(containing: "== APP - on == on", by: .seconds(30))
                #expect(process.exit == nil)
                // The last one never listens on its port, which keeps nothing from ending either.
                try process.interrupt()
                #expect(
                    process.output.contains(
                        "\n\nℹ️  Received signal to stop Dapr and app processes. Shutting down Dapr and app processes.\n"
                    ))
            }
        }

        @Test("the template's variables reach the app alone, and win over the run's own")
        func environment() async throws {
            try await OwnThread.run {
                let run = try RunFixture()
                try run.writeTemplate([
                    (
                        "one",
                        #"echo "$A $B $C $DAPR_API_TOKEN $APP_ID"; pwd; curl -s -o /dev/null -w '%{http_code}\n' "http://127.0.0.1:$DAPR_HTTP_PORT/v1.0/metadata"; while :; do sleep 0.1; done"#,
                        ["env: {B: app, DAPR_API_TOKEN: secret}"]
                    )
                ])
                let template = try TemporaryFolder.read(run.folder.path(of: "dapr.yaml"))
                try run.folder.write(template + "common: {env: {A: common, B: common}}\n", to: "dapr.yaml")
                let process = try run.start(["-f", "."], environment: ["A": "own", "C": "own"])
                try process.waitForOutput(containing: "== APP - one == 200\n", by: .seconds(30))
                try process.interrupt()
                #expect(
                    process.lines(of: "one") == [
                        "common app own secret one", run.folder.path(of: "one"), "200",
                    ])
            }
        }

        @Test("the metadata says what Dapr's command line puts there")
        func metadata() async throws {
            try await OwnThread.run {
                let run = try RunFixture()
                let port = try FreePort.find()
                let process = try run.start([
                    ("one", "echo $$; while :; do sleep 0.1; done", ["daprHTTPPort: \(port)"])
                ])
                try process.waitForOutput(containing: "== APP - one == ", by: .seconds(30))
                let id = try #require(process.lines(of: "one").first)
                let connection = try HTTPConnection(port: port)
                var answer = ""
                // The app runs before its number is put there.
                for deadline in [Deadline.seconds(30)] {
                    while !deadline.hasPassed, !answer.contains("appPID") || !answer.contains("appCommand") {
                        answer = try connection.request("GET", "/v1.0/metadata").body
                    }
                }
                for field in [
                    #""appPID":"\#(id)""#, #""cliPID":"\#(process.id)""#, #""appCommand":"sh app.sh""#,
                    #""runTemplatePath":"\#(run.folder.path(of: "dapr.yaml"))""#, #""runTemplateName":""#,
                    #""appLogPath":"\#(run.folder.path(of: "one/.dapr/logs/one_app_"))"#,
                    #""daprdLogPath":"\#(run.folder.path(of: "one/.dapr/logs/one_daprd_"))"#,
                ] {
                    #expect(answer.contains(field), "\(field) is not in \(answer)")
                }
                try process.interrupt()
            }
        }

        @Test("a run keeps its jobs by the template's path, or in the folder that is given")
        func dataFolder() async throws {
            try await OwnThread.run {
                let run = try RunFixture()
                let port = try FreePort.find()
                let apps = [
                    (id: "one", script: "while :; do sleep 0.1; done", fields: ["daprHTTPPort: \(port)"])
                ]
                for words in [[], ["--data-dir", "data"]] {
                    for isFirst in [true, false] {
                        let process = try run.start(apps, words: words)
                        try process.waitForOutput(containing: "Writing log files", by: .seconds(30))
                        let connection = try HTTPConnection(port: port)
                        if isFirst {
                            #expect(try connection.schedule("later", #"{"dueTime":"1h"}"#).status == 204)
                        } else {
                            #expect(try connection.has("later"))
                        }
                        try process.interrupt()
                    }
                }
                #expect(unsafe access(run.folder.path(of: "data/CURRENT"), F_OK) == 0)
                #expect(unsafe access(run.folder.path(of: ".local/state/mainspring-run"), F_OK) == 0)
            }
        }

        @Test("what has no effect is said once, and by name")
        func warnings() async throws {
            try await OwnThread.run {
                let run = try RunFixture()
                let process = try run.start(
                    [
                        (
                            "one", "echo up; while :; do sleep 0.1; done",
                            ["colour: blue", "resourcesPath: ./res"]
                        )
                    ],
                    words: ["--app-port", "3000", "-G", "5000", "--log-level=debug"])
                try process.waitForOutput(containing: "== APP - one == up", by: .seconds(30))
                try process.interrupt()
                #expect(
                    process.lines.filter { $0.hasPrefix("⚠  ") } == [
                        "⚠  With --run-file these flags have no effect: --app-port, -G, --log-level",
                        "⚠  ./dapr.yaml: unknown keys are ignored: \"colour\" in line 6",
                    ])
            }
        }

        @Test(
            "a template comes from standard input too, and its paths are relative to where the run was started"
        )
        func standardInput() async throws {
            try await OwnThread.run {
                let run = try RunFixture()
                try run.writeTemplate([("one", "echo up; while :; do sleep 0.1; done", [])])
                let host = try Products.path(of: "mainspring")
                let shell = try ChildProcess(
                    Products.tool("sh"), ["-c", "exec \(host) run -f - < dapr.yaml"],
                    environment: ["PATH": "/usr/bin:/bin", "HOME": run.folder.path], folder: run.folder.path)
                try shell.waitForOutput(containing: "== APP - one == up", by: .seconds(30))
                try shell.interrupt()
            }
        }

        @Test("with --log-as-json the run says what it does in JSON")
        func json() async throws {
            try await OwnThread.run {
                let run = try RunFixture()
                let process = try run.start([("one", "exit 0", [])], words: ["--log-as-json"])
                try process.waitForOutput(containing: "Exited App", by: .seconds(30))
                try process.interrupt()
                let lines = process.lines.filter { !$0.isEmpty }
                #expect(lines.allSatisfy { $0.hasPrefix("{") && $0.contains(#""level":"info""#) }, "\(lines)")
            }
        }

        @Test("mainspring stop ends a run as Ctrl-C does, by the template that it was started with")
        func stop() async throws {
            try await OwnThread.run {
                let run = try RunFixture()
                let process = try run.start([("one", "echo up; while :; do sleep 0.1; done", [])])
                try process.waitForOutput(containing: "== APP - one == up", by: .seconds(30))
                let stop = try ChildProcess(
                    Products.path(of: "mainspring"), ["stop", "-f", "."],
                    environment: ["HOME": run.folder.path], folder: run.folder.path)
                try stop.expectSuccess()
                #expect(stop.output.contains("✅  Dapr and app processes stopped successfully"))
                try process.expectSuccess()
                #expect(process.output.contains("ℹ️  Received signal to stop Dapr and app processes."))
            }
        }

        @Test("a template that runs already is not started again, and leaves no file behind")
        func runsAlready() async throws {
            try await OwnThread.run {
                let run = try RunFixture()
                let first = try run.start([("one", "echo up; while :; do sleep 0.1; done", [])])
                try first.waitForOutput(containing: "== APP - one == up", by: .seconds(30))
                let second = try run.start(["-f", "."])
                try second.expectRefusal(
                    status: 1, naming: ["runs already", "\(first.id)", "mainspring stop"])
                _ = try run.log(of: "one", "app")
                try first.interrupt()
            }
        }

        @Test("mainspring stop returns when the apps have ended, also one that ignores SIGTERM")
        func stopWaits() async throws {
            try await OwnThread.run {
                let run = try RunFixture()
                let process = try run.start([
                    ("stubborn", "trap '' TERM; echo pid $$; while :; do sleep 0.1; done", [])
                ])
                try process.waitForOutput(containing: "== APP - stubborn == pid ", by: .seconds(30))
                let words = process.output.split(whereSeparator: \.isWhitespace)
                let index = try #require(words.lastIndex(of: "pid"))
                let id = try #require(Int32(words[index + 1]))
                let stop = try ChildProcess(
                    Products.path(of: "mainspring"), ["stop", "-f", "."],
                    environment: ["HOME": run.folder.path], folder: run.folder.path)
                try stop.expectSuccess()
                #expect(kill(id, 0) == -1 && errno == ESRCH)
                try process.expectSuccess()
            }
        }

        @Test("Ctrl-C lets a trigger under way end before the app is asked to")
        func triggerUnderWay() async throws {
            try await OwnThread.run {
                let run = try RunFixture()
                try run.folder.makeFolder("slow")
                try run.folder.write(Self.slowApp, to: "slow/app.py")
                #expect(unsafe mkfifo(run.folder.path(of: "slow/go"), 0o600) == 0)
                let (appPort, port) = (try FreePort.find(), try FreePort.find())
                let template = """
                    version: 1
                    apps:
                      - {appDirPath: slow, appPort: \(appPort), daprHTTPPort: \(port), command: [python3, app.py]}
                    """
                try run.folder.write(template, to: "dapr.yaml")
                let process = try run.start(["-f", "."])
                try process.waitForOutput(containing: "Writing log files", by: .seconds(30))
                #expect(try HTTPConnection(port: port).schedule("job", #"{"dueTime":"0s"}"#).status == 204)
                try process.waitForOutput(containing: "== APP - slow == begun", by: .seconds(30))
                process.send(SIGINT)
                try process.waitForOutput(containing: "Received signal to stop", by: .seconds(30))
                // The app waits for this line before it answers.
                try run.folder.write("go\n", to: "slow/go")
                try process.expectSuccess()
                #expect(process.lines(of: "slow") == ["begun", "answered"])
                // It was done, and does not come again.
                let next = try run.start(["-f", "."])
                try next.waitForOutput(containing: "Writing log files", by: .seconds(30))
                let connection = try HTTPConnection(port: port)
                #expect(try !connection.has("job"))
                try next.interrupt()
            }
        }

        /// Answers a job when it is told to.
        private static let slowApp = """
            import http.server, os

            class Handler(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    self.send_error(404)

                def do_POST(self):
                    print("begun", flush=True)
                    open("go").readline()
                    self.send_response(200)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    print("answered", flush=True)

                def log_message(self, *words):
                    pass

            http.server.HTTPServer(("127.0.0.1", int(os.environ["APP_PORT"])), Handler).serve_forever()
            """

        @Test(
            "the template of Dapr's quickstart for Python runs as it was published, but for the numbers of its ports"
        )
        func quickstart() async throws {
            try await OwnThread.run {
                let run = try RunFixture()
                let ports = try ["6200", "6280", "6300", "6380"].map { ($0, try FreePort.find()) }
                let template = ports.reduce(Self.published) { $0.replacing($1.0, with: "\($1.1)") }
                try run.folder.write(template, to: "dapr.yaml")
                let examples = try Products.projectFolder() + "/Examples/quickstart/python"
                for app in ["job-service", "job-scheduler"] {
                    try run.folder.makeFolder(app)
                    try run.folder.write(
                        TemporaryFolder.read("\(examples)/\(app)/app.py"), to: "\(app)/app.py")
                }
                // It asks for `python`, which not every system calls so.
                try run.folder.makeFolder("bin")
                let python = try Products.tool("python3")
                #expect(unsafe symlink(python, run.folder.path(of: "bin/python")) == 0)
                let path = try #require(unsafe getenv("PATH").map { unsafe String(cString: $0) })
                let process = try run.start(
                    ["-f", "."],
                    environment: [
                        "PATH": run.folder.path(of: "bin") + ":" + path, "QUICKSTART_SPEED": "10",
                        "JOB_SERVICE_DAPR_HTTP_PORT": "\(ports[1].1)",
                    ])
                try process.waitForOutput(
                    containing: "Exited App successfully. App id: \"job-scheduler\"", by: .seconds(60))
                try process.interrupt()
                #expect(!process.output.contains("⚠"))
                for line in ["Job Scheduled: R2-D2", "Job Scheduled: C-3PO"] {
                    #expect(process.lines(of: "job-scheduler").contains(line), "\(process.output)")
                }
                let service = process.lines(of: "job-service")
                for line in [
                    "Received job request...", "Starting droid: R2-D2",
                    "Executing maintenance job: Oil Change",
                    "Starting droid: C-3PO", "Executing maintenance job: Limb Calibration",
                ] {
                    #expect(service.contains(line), "\(process.output)")
                }
            }
        }

        /// Every field that it has, in its form.
        private static let published = """
            version: 1
            apps:
              - appDirPath: ./job-service/
                appID: job-service
                appPort: 6200
                daprHTTPPort: 6280
                schedulerHostAddress: localhost
                command: ["python", "app.py"]
              - appDirPath: ./job-scheduler/
                appID: job-scheduler
                appPort: 6300
                daprHTTPPort: 6380
                command: ["python", "app.py"]
            """
    }
}
