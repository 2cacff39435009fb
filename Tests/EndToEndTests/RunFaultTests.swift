import Glibc
import TestKit
import Testing

extension EndToEnd {
    /// What goes wrong in a run: nothing of it is left behind, and what was wrong is said.
    @Suite("run, faults")
    struct RunFaultTests {
        /// An app with a child in its group and one in a session of its own, all of which hold on to a lifeline.
        private static func family(_ lifeline: Lifeline) -> String {
            """
            exec 9>\(lifeline.path)
            sleep 1000 &
            setsid sleep 1000 &
            echo here >&9
            wait
            """
        }

        @Test("kill -9 of the host ends apps, their children, and what made a session of its own")
        func killedHost() async throws {
            try await OwnThread.run {
                let run = try RunFixture()
                let lifelines = try ["one", "two"].map { try Lifeline(in: run.folder, named: $0 + ".pipe") }
                let process = try run.start([
                    ("one", Self.family(lifelines[0]), []),
                    ("two", "trap '' TERM\n" + Self.family(lifelines[1]), []),
                ])
                for lifeline in lifelines { _ = try lifeline.lines(1, by: .seconds(30)) }
                process.send(SIGKILL)
                for lifeline in lifelines { try lifeline.waitUntilAllAreGone(by: .seconds(30)) }
            }
        }

        @Test("kill -9 of host and keepers at once leaves no app behind")
        func killedKeepers() async throws {
            try await OwnThread.run {
                let run = try RunFixture()
                let lifeline = try Lifeline(in: run.folder)
                let process = try run.start([
                    ("one", "exec 9>\(lifeline.path); echo $PPID >&9; exec sleep 1000", [])
                ])
                let keeper = try #require(Int32(try lifeline.lines(1, by: .seconds(30))[0]))
                process.send(SIGSTOP)
                kill(keeper, SIGKILL)
                try lifeline.waitUntilAllAreGone(by: .seconds(30))
                process.send(SIGKILL)
            }
        }

        @Test(
            "an app that ignores SIGTERM is killed after the grace, and a second Ctrl-C does not wait for that",
            arguments: [1, 2])
        func stubborn(signals: Int) async throws {
            try await OwnThread.run {
                let run = try RunFixture()
                let lifeline = try Lifeline(in: run.folder)
                let process = try run.start([
                    (
                        "one",
                        "trap 'echo deaf' TERM\n\(Self.family(lifeline))\nwhile :; do sleep 1000; done", []
                    )
                ])
                _ = try lifeline.lines(1, by: .seconds(30))
                process.send(SIGINT)
                if signals == 2 {
                    try process.waitForOutput(containing: "== APP - one == deaf", by: .seconds(30))
                    process.send(SIGINT)
                }
                #expect(try process.waitForExit(by: .seconds(30)) == .status(signals == 1 ? 0 : 130))
                try lifeline.waitUntilAllAreGone(by: .seconds(30))
                if signals == 1 { #expect(process.errorOutput.contains("signal: killed. App id: \"one\"")) }
            }
        }

        @Test(
            "Ctrl-C at any instant of the start leaves nothing behind",
            arguments: [
                "", "Validating config and starting app \"one\"", "Started Dapr with app id \"one\"",
                "app \"two\"", "up two",
            ])
        func early(moment: String) async throws {
            try await OwnThread.run {
                let run = try RunFixture()
                let lifeline = try Lifeline(in: run.folder)
                let script =
                    "exec 9>\(lifeline.path); echo $$ >&9; echo up $APP_ID; while :; do sleep 0.1; done"
                let process = try run.start([("one", script, []), ("two", script, [])])
                try process.waitForOutput(containing: moment, by: .seconds(30))
                process.send(SIGINT)
                let exit = try process.waitForExit(by: .seconds(30))
                // Before there is a loop to watch for it, the signal ends the process itself.
                #expect(
                    exit == .status(0) || moment.isEmpty && exit == .signal(SIGINT), "\(process.errorOutput)")
                // Whoever started has gone: the one who holds on is this.
                let holder = unsafe open(lifeline.path, O_WRONLY | O_NONBLOCK)
                close(holder)
                try lifeline.waitUntilAllAreGone(by: .seconds(30))
            }
        }

        @Test("an app that cannot be started ends those that were, and the run with 1")
        func failedStart() async throws {
            try await OwnThread.run {
                let run = try RunFixture()
                let lifeline = try Lifeline(in: run.folder)
                // More than the kernel takes for one variable.
                let big = "env: {BIG: \(String(repeating: "x", count: 200_000))}"
                let process = try run.start([
                    ("one", Self.family(lifeline), []), ("two", "touch ../started", [big]),
                ])
                #expect(try process.waitForExit(by: .seconds(30)) == .status(1))
                #expect(process.errorOutput.contains("❌  the app \"two\" cannot be started: "))
                #expect(unsafe access(run.folder.path(of: "started"), F_OK) != 0)
                let holder = unsafe open(lifeline.path, O_WRONLY | O_NONBLOCK)
                close(holder)
                try lifeline.waitUntilAllAreGone(by: .seconds(30))
            }
        }

        @Test(
            "a template that is wrong is refused with file and line, and nothing is started",
            arguments: [
                ("appProtocol: grpc", "appProtocol grpc is not supported: use http"),
                ("logLevel: noisy", "'noisy' is invalid for 'logLevel'"),
                ("maxBodySize: 99Gi", "maxBodySize 106300440576 is out of range"),
                ("readBufferSize: much", "'much' is invalid for 'readBufferSize'"),
                ("apiListenAddresses: nowhere", "apiListenAddresses nowhere is no address"),
                ("appChannelAddress: nowhere", "appChannelAddress nowhere is no address"),
                ("appHealthThreshold: -1", "appHealthThreshold -1 is too low"),
                ("appPort: much", "appPort is \"much\": a whole number is wanted"),
                ("appPort: TAKEN", "is taken by"), ("daprHTTPPort: TAKEN", "is taken by"),
                ("daprGRPCPort: TAKEN", "is taken by"), ("metricsPort: TAKEN", "is taken by"),
                ("appID: one", "the app id \"one\" is that of the app in line 3 too"),
            ])
        func refusals(field: String, words: String) async throws {
            try await OwnThread.run {
                let run = try RunFixture()
                let listener = try Listener(port: 0)
                try run.folder.write(
                    """
                    version: 1
                    apps:
                      - appID: one
                        appDirPath: .
                        command: [touch, started]
                      - appDirPath: .
                        command: [touch, started]
                        \(field.replacing("TAKEN", with: "\(listener.port)"))

                    """, to: "dapr.yaml")
                let line = field.hasPrefix("appID") ? 6 : 8
                try run.start(["-f", "dapr.yaml"]).expectRefusal(
                    status: 1, naming: ["❌  dapr.yaml:\(line): ", words])
                #expect(unsafe access(run.folder.path(of: "started"), F_OK) != 0)
                #expect(unsafe access(run.folder.path(of: ".dapr"), F_OK) != 0)
            }
        }

        @Test("a mebibyte without a line end and bytes that are no text reach console and file as they are")
        func oddOutput() async throws {
            try await OwnThread.run {
                let run = try RunFixture()
                let process = try run.start([
                    ("one", #"head -c 1048576 /dev/zero | tr '\0' x; printf '\n\377\376\nlast'; exit 0"#, [])
                ])
                try process.waitForOutput(containing: "Exited App", by: .seconds(30))
                try process.interrupt()
                let lines = process.lines(of: "one")
                #expect(lines.map(\.utf8.count).prefix(16) == Array(repeating: 65_536, count: 16)[...])
                #expect(lines.count == 18 && lines.last == "last")
                let log = try #require(
                    try FileTree.files(below: run.folder.path(of: "one/.dapr/logs")).first {
                        $0.contains("_app_")
                    })
                let bytes = try TemporaryFolder.bytes(log)
                #expect(bytes.suffix(8) == [0xFF, 0xFE, 0x0A] + Array("last\n".utf8))
            }
        }
    }
}
