import Glibc
import TestKit
import Testing

extension EndToEnd {
    /// `mainspring run -- COMMAND` (contract, section 9.4).
    @Suite("run, one app")
    struct RunSingleTests {
        @Test(
            "the app has the run's own output and environment, is told its ports, and its good end is that of the run"
        )
        func goodEnd() async throws {
            try await OwnThread.run {
                let run = try RunFixture()
                let words = [
                    "--app-id", "garage", "--app-port", "\(try FreePort.find())", "--dapr-grpc-port", "6007",
                ]
                let script =
                    #"echo "$APP_ID $APP_PORT $APP_CHANNEL_ADDRESS $APP_PROTOCOL $DAPR_GRPC_PORT $OWN"; curl -s -o /dev/null -w '%{http_code} ' "http://127.0.0.1:$DAPR_HTTP_PORT/v1.0/healthz/outbound" -o /dev/null "http://127.0.0.1:$DAPR_METRICS_PORT/livez"; echo err >&2"#
                let process = try run.start(words + ["--", "sh", "-c", script], environment: ["OWN": "kept"])
                try process.expectSuccess()
                #expect(process.lines.contains("garage \(words[3]) 127.0.0.1 http 6007 kept"))
                #expect(process.output.contains("204 200"))
                #expect(process.errorLines.contains("err"))
                #expect(!process.output.contains("== APP"))
                #expect(process.output.contains("ℹ️  Started Dapr with app id \"garage\". HTTP Port: "))
                #expect(process.output.contains(". gRPC Port: 6007\n"))
                #expect(
                    process.lines.contains(
                        "✅  You're up and running! Both Dapr and your app logs will appear here."))
                #expect(process.output.contains("✅  Exited App successfully"))
            }
        }

        @Test(
            "an app that fails ends the run with 1",
            arguments: [
                ("exit 3", "exit status 3"), ("kill -9 $$", "signal: killed"),
                ("exec no-such-program", "exit status 127"),
            ])
        func badEnd(script: String, words: String) async throws {
            try await OwnThread.run {
                // Its folder is there as long as it is.
                let run = try RunFixture()
                let process = try run.start(["--", "sh", "-c", script])
                #expect(try process.waitForExit(by: .seconds(30)) == .status(1))
                #expect(process.errorOutput.contains("❌  The App process exited with error code: \(words)"))
                withExtendedLifetime(run) {}
            }
        }

        @Test(
            "Ctrl-C, SIGTERM and a terminal that goes away end app and host, and are no failure",
            arguments: [SIGINT, SIGTERM, SIGHUP])
        func signals(signal: Int32) async throws {
            try await OwnThread.run {
                let run = try RunFixture()
                let lifeline = try Lifeline(in: run.folder)
                let process = try run.start(
                    [
                        "--", "sh", "-c",
                        "exec 9>\(lifeline.path); trap 'echo bye; exit 5' TERM; echo up; while :; do sleep 0.1; done",
                    ])
                try process.waitForOutput(containing: "up\n", by: .seconds(30))
                process.send(signal)
                try process.expectSuccess()
                try lifeline.waitUntilAllAreGone(by: .seconds(30))
                #expect(
                    process.output.contains(
                        "\n\nℹ️  Received signal to stop Dapr and app processes. Shutting down Dapr and app processes.\n"
                    ))
                #expect(process.lines.contains("bye"))
            }
        }

        @Test("what an app leaves behind ends with the run")
        func leftBehind() async throws {
            try await OwnThread.run {
                let run = try RunFixture()
                let lifeline = try Lifeline(in: run.folder)
                let process = try run.start(
                    [
                        "--", "sh", "-c",
                        "(exec 9>\(lifeline.path); setsid sleep 1000 >/dev/null 2>&1 & echo $! >&9)",
                    ])
                try process.expectSuccess()
                _ = try lifeline.lines(1, by: .seconds(30))
                try lifeline.waitUntilAllAreGone(by: .seconds(30))
            }
        }

        @Test(
            "a port that was given and is taken is named, with whoever has it, and nothing is started",
            arguments: [
                "--dapr-http-port", "--metrics-port", "--dapr-grpc-port", "--dapr-internal-grpc-port",
                "--app-port",
            ])
        func takenPort(flag: String) async throws {
            try await OwnThread.run {
                let run = try RunFixture()
                let listener = try Listener(port: 0)
                let process = try run.start([flag, "\(listener.port)", "--", "touch", "started"])
                let name = flag == "--dapr-http-port" ? "--http-port" : flag
                try process.expectRefusal(
                    status: 1, naming: ["❌  \(name) \(listener.port) is taken by", "(process \(getpid()))"])
                #expect(unsafe access(run.folder.path(of: "started"), F_OK) != 0)
            }
        }

        @Test("two runs that choose for themselves do not meet, and keep nothing")
        func choices() async throws {
            try await OwnThread.run {
                let run = try RunFixture()
                let words = [
                    "--", "sh", "-c",
                    #"echo "$APP_ID $DAPR_HTTP_PORT $DAPR_GRPC_PORT"; while :; do sleep 0.1; done"#,
                ]
                let both = [try run.start(words), try run.start(words)]
                for process in both {
                    try process.waitForOutput(containing: "up and running", by: .seconds(30))
                }
                for process in both {
                    try process.waitForOutput(containing: "-", by: .seconds(30))
                    try process.interrupt()
                }
                #expect(unsafe access(run.folder.path(of: ".local"), F_OK) != 0)
            }
        }

        @Test("due jobs go to the app, and one with an app id finds its jobs again")
        func delivery() async throws {
            try await OwnThread.run {
                let run = try RunFixture()
                let app = try AppSink()
                let port = try FreePort.find()
                let words = ["--app-id", "garage", "--app-port", "\(app.port)", "--http-port", "\(port)"]
                for isFirst in [true, false] {
                    let process = try run.start(words)
                    try process.waitForOutput(containing: "up and running", by: .seconds(30))
                    let connection = try HTTPConnection(port: port)
                    if isFirst {
                        #expect(try connection.schedule("later", #"{"dueTime":"1h"}"#).status == 204)
                        #expect(try connection.schedule("now", #"{"dueTime":"0s"}"#).status == 204)
                        try app.wait(for: "now")
                    } else {
                        #expect(try connection.has("later"))
                    }
                    try process.interrupt()
                }
            }
        }

        @Test("the terminal is left as it was, whatever the app made of it")
        func terminal() async throws {
            try await OwnThread.run {
                let run = try RunFixture()
                let host = try Products.path(of: "mainspring")
                let script = try run.folder.write(
                    """
                    stty -a > before
                    \(host) run -- sh -c 'stty raw -echo; stty -a > within; exit 0'
                    stty -a > after
                    """, to: "script.sh")
                let shell = try ChildProcess(
                    Products.tool("script"), ["-qec", "sh \(script)", "/dev/null"],
                    environment: ["PATH": "/usr/bin:/bin", "HOME": run.folder.path], folder: run.folder.path)
                try shell.expectSuccess()
                let states = try ["before", "within", "after"].map {
                    try TemporaryFolder.read(run.folder.path(of: $0))
                }
                #expect(states[0] == states[2])
                #expect(states[0] != states[1])
            }
        }
    }
}
