internal import Glibc
import TestKit
import Testing

extension EndToEnd {
    /// `mainspring` as a person types it.
    @Suite("the command line")
    struct CommandLineTests {
        private static func run(_ arguments: [String]) throws -> ChildProcess {
            try ChildProcess(Products.path(of: "mainspring"), arguments)
        }

        @Test("help lists every flag, and exits 0")
        func help() async throws {
            try await OwnThread.run {
                let help = try Self.run(["serve", "--help"])
                try help.expectSuccess()
                for flag in [
                    "--app-id", "--app-port", "--app-protocol", "--http-port", "--data-dir", "--log-level",
                    "--log-format", "--listen", "--route", "--app-channel-address", "--app-max-concurrency",
                    "--disable-init-endpoints", "--enable-app-health-check", "--app-health-check-path",
                    "--app-health-probe-interval", "--app-health-probe-timeout", "--app-health-threshold",
                    "--log-format", "--listen", "--route", "--dapr-public-port", "--read-buffer-size",
                    "--max-body-size",
                    "--api-allow", "--api-deny", "--allow-origin",
                    "--log-format", "--listen", "--route", "--metrics-port", "--enable-metrics",
                ] {
                    #expect(help.output.contains(flag), "'\(flag)' is missing")
                }
                let overview = try Self.run(["--help"])
                try overview.expectSuccess()
                #expect(overview.output.contains("serve"))
            }
        }

        @Test("the version is one line, and exits 0")
        func version() async throws {
            try await OwnThread.run {
                let version = try Self.run(["--version"])
                try version.expectSuccess()
                #expect(version.output.split(separator: "\n").count == 1)
                #expect(version.errorOutput.isEmpty)
            }
        }

        @Test(
            "wrong flags exit 2, after one sentence that names them",
            arguments: [
                ["--no-such-flag"],
                ["--http-port", "seventy"],
                ["--http-port", "70000"],
                ["--app-port", "-1"],
                ["--metrics-port", "70000"],
                ["--app-protocol", "https"],
                ["--app-protocol", "h2c"],
                ["--app-protocol", "grpc"],
                ["--app-protocol", "grpcs"],
                ["--app-protocol", "carrier-pigeon"],
                ["--app-channel-address", "app.example"],
                ["--app-max-concurrency", "many"],
                ["--disable-init-endpoints", "config,actors"],
                ["--app-health-probe-interval", "0"],
                ["--app-health-probe-timeout", "5001"],
                ["--app-health-probe-timeout", "0"],
                ["--app-health-threshold", "-1"],
                ["--enable-app-health-check=maybe"],
                ["--log-as-json=perhaps"],
                ["--app-health-check-path", "/a b"],
                ["--log-level", "loud"],
                ["--log-format", "xml"],
                ["--listen", "not an address"],
                ["--route", "r2-"],
                ["--route", "r2-=no-such-handler"],
                ["--app-id", ""],
                ["--dapr-public-port", "70000"],
                ["--listen", "127.0.0.1,"],
                ["--listen", "[::1],nowhere"],
                ["--read-buffer-size", "4Xi"],
                ["--read-buffer-size", "100"],
                ["--max-body-size", "0"],
                ["--max-body-size", "1.5Mi"],
                ["--max-body-size", "65Mi"],
                ["--api-allow", "job/v1"],
                ["--api-deny", "jobs/v2"],
                ["--api-deny", "jobs/v1/smtp"],
                ["--api-deny", "healthz/v1"],
                ["--allow-origin", "*"],
                ["--enable-metrics=maybe"],
            ])
        func wrongFlags(words: [String]) async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let process = try Self.run(["serve", "--app-id", "a", "--data-dir", data.path] + words)
                try process.expectRefusal(status: 2, naming: [String(words[0].prefix { $0 != "=" })])
            }
        }

        @Test("a prefix routed twice is refused")
        func doubleRoute() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let route = ["--route", "r2-=droid-maintenance"]
                let process = try Self.run(
                    ["serve", "--app-id", "a", "--data-dir", data.path] + route + route)
                try process.expectRefusal(status: 2, naming: ["r2-"])
            }
        }

        @Test(
            "a token that cannot be honoured is refused and not ignored (contract, section 7)",
            arguments: [("DAPR_API_TOKEN", "a b", 2), ("APP_API_TOKEN", "a\r\nb", 1)]
                as [(String, String, Int32)])
        func tokens(name: String, value: String, status: Int32) async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let process = try ChildProcess(
                    Products.path(of: "mainspring"), ["serve", "--app-port", "9", "--data-dir", data.path],
                    environment: [name: value])
                try process.expectRefusal(status: status, naming: [name])
            }
        }

        @Test("Dapr's spellings do the same")
        func daprSpellings() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let port = try FreePort.find()
                let process = try Self.run([
                    "serve", "--app-id", "a", "--dapr-http-port", "\(port)", "--data-dir", data.path,
                    "--dapr-listen-addresses", "127.0.0.1",
                ])
                while true {
                    if let connection = try? HTTPConnection(port: port) {
                        #expect(try connection.request("GET", "/v1.0/healthz/outbound").status == 204)
                        break
                    }
                    if let exit = process.waitForDeath(by: .milliseconds(10)) {
                        throw TestFailure("it ended with \(exit): \(process.errorOutput)")
                    }
                }
                process.send(SIGTERM)
                try process.expectSuccess()
            }
        }

        @Test("jobs are kept in a folder of their namespace and app id unless another is named")
        func defaultFolder() async throws {
            try await OwnThread.run {
                let state = try TemporaryFolder()
                let process = try ChildProcess(
                    Products.path(of: "mainspring"),
                    ["serve", "--app-id", "a", "--http-port", "0"],
                    environment: ["XDG_STATE_HOME": state.path, "NAMESPACE": "prod"])
                try process.waitForOutput(containing: "the jobs API listens", by: .seconds(30))
                let folder = state.path(of: "mainspring/prod/a/")
                #expect(try FileTree.files(below: state.path).contains { $0.hasPrefix(folder) })
                process.send(SIGTERM)
                try process.expectSuccess()
            }
        }

        @Test("a bundled handler runs for its prefix, and prints what it does")
        func bundledHandler() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                var options = HostProcess.Options(dataFolder: data.path)
                options.arguments = ["--route", "r2-=droid-maintenance"]
                let host = try HostProcess.start(options)
                let fields = #"{"data":{"Value":"R2-D2:Oil Change"},"dueTime":"10ms"}"#
                #expect(try host.connect().schedule("r2-d2", fields).status == 204)
                for line in [
                    "Received job request...", "Starting droid: R2-D2",
                    "Executing maintenance job: Oil Change",
                ] {
                    try host.process.waitForOutput(containing: line + "\n", by: .seconds(30))
                }
                try host.stop()
            }
        }

        @Test("a start that fails says so in JSON where the log is JSON")
        func failureInJSON() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let listener = try Listener(port: 0)
                let process = try Self.run([
                    "serve", "--http-port", "\(listener.port)", "--data-dir", data.path, "--log-as-json",
                    "--enable-metrics=false",
                ])
                try process.expectRefusal(status: 1, naming: ["\(listener.port)"])
                let line = try #require(process.errorLines.first)
                #expect(line.hasPrefix("{") && line.contains(#""level":"fatal""#), "\(line)")
            }
        }

        @Test(
            "logs are lines of text, or lines of JSON",
            arguments: [
                ["--log-format", "text"], ["--log-format", "json"], ["--log-as-json"], ["--log-as-json=true"],
            ])
        func logFormat(flag: [String]) async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                var options = HostProcess.Options(dataFolder: data.path)
                options.arguments = flag + ["--log-level", "debug"]
                let host = try HostProcess.start(options)
                #expect(try host.connect().job("nobody").status == 500)
                try host.stop()
                let lines = host.process.errorLines
                #expect(!lines.isEmpty, "a host that starts and stops says so")
                for line in lines {
                    let isJSON = line.hasPrefix("{") && line.hasSuffix("}")
                    #expect(isJSON == flag.contains { $0.contains("json") }, "\(line)")
                }
                #expect(host.process.errorOutput.contains("job not found: nobody"))
            }
        }
    }
}
