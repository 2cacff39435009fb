import Foundation
import Settings
import TestKit
import Testing

extension EndToEnd {
    /// Settings by flag, environment and file, and `mainspring config`, which shows them.
    @Suite("settings, and mainspring config")
    struct ConfigTests {
        /// A line of `mainspring config --json`.
        struct Row: Decodable {
            enum Value: Decodable, Equatable {
                case text(String?)
                case list([String])

                init(from decoder: any Decoder) throws {
                    let container = try decoder.singleValueContainer()
                    if let list = try? container.decode([String].self) {
                        self = .list(list)
                    } else {
                        self = .text(try container.decode(String?.self))
                    }
                }
            }

            var setting: String
            var value: Value
            var source: String
            var from: String?
        }

        private static func run(
            _ words: [String], _ environment: [String: String] = [:]
        ) throws -> ChildProcess {
            try ChildProcess(
                Products.path(of: "mainspring"), words,
                environment: ["HOME": "/nonexistent"].merging(environment) { $1 })
        }

        private static func rows(
            _ words: [String], _ environment: [String: String] = [:]
        ) throws -> [String: Row] {
            let process = try run(["config", "--json"] + words, environment)
            try process.expectSuccess()
            let rows = try JSONDecoder().decode([Row].self, from: Data(process.output.utf8))
            return Dictionary(uniqueKeysWithValues: rows.map { ($0.setting, $0) })
        }

        @Test("what is in force comes from the flag, else the variable, else the file, else the default")
        func precedence() async throws {
            try await OwnThread.run {
                let folder = try TemporaryFolder()
                let path = try folder.write(
                    "app-id: file\nhttp-port: 1\nlisten: ::1\nroute: [a=echo, b=echo]\n", to: "host.yaml")
                let rows = try Self.rows(
                    ["--config", path, "-a", "flag"],
                    ["MAINSPRING_APP_ID": "variable", "MAINSPRING_HTTP_PORT": "2"])
                #expect(rows["app-id"]?.value == .text("flag") && rows["app-id"]?.from == "--app-id")
                #expect(rows["app-id"]?.source == "flag")
                #expect(rows["http-port"]?.value == .text("2") && rows["http-port"]?.source == "environment")
                #expect(rows["http-port"]?.from == "MAINSPRING_HTTP_PORT")
                #expect(rows["listen"]?.value == .text("::1") && rows["listen"]?.source == "file")
                #expect(rows["listen"]?.from == "\(path):3")
                #expect(rows["route"]?.value == .list(["a=echo", "b=echo"]))
                #expect(rows["log-level"]?.value == .text("info") && rows["log-level"]?.source == "default")
                #expect(rows["app-port"]?.value == .text(nil) && rows["api-deny"]?.value == .list([]))
                #expect(
                    rows["data-dir"]?.value == .text("/nonexistent/.local/state/mainspring/default/flag"))
            }
        }

        @Test("a person gets a table, with the line of the file")
        func table() async throws {
            try await OwnThread.run {
                let folder = try TemporaryFolder()
                let path = try folder.write("\nhttp-port: 3600\n", to: "host.yaml")
                let process = try Self.run(["config", "--config", path])
                try process.expectSuccess()
                let lines = process.output.split(separator: "\n").map {
                    $0.split(separator: " ").map(String.init)
                }
                #expect(lines.first == ["setting", "value", "from"])
                #expect(lines.contains(["http-port", "3600", "\(path):2"]))
                #expect(lines.contains(["log-format", "text", "default"]))
                #expect(process.errorOutput.isEmpty)
            }
        }

        @Test("systemd's folder holds where no setting names one, and NAMESPACE keeps its meaning")
        func ownVariables() async throws {
            try await OwnThread.run {
                let variables = ["STATE_DIRECTORY": "/state", "NAMESPACE": "prod"]
                let rows = try Self.rows([], variables)
                #expect(rows["data-dir"]?.value == .text("/state"))
                #expect(rows["data-dir"]?.from == "STATE_DIRECTORY")
                #expect(rows["namespace"]?.value == .text("prod") && rows["namespace"]?.from == "NAMESPACE")
                let given = try Self.rows(
                    [], variables.merging(["MAINSPRING_DATA_DIR": "/given"]) { $1 })
                #expect(given["data-dir"]?.value == .text("/given"))
            }
        }

        @Test("a host does what its variables and its file say")
        func host() async throws {
            try await OwnThread.run {
                let folder = try TemporaryFolder()
                let path = try folder.write(
                    "http-port: 0\nenable-metrics: false\nlog-as-json: true\nroute: r2-=droid-maintenance\n",
                    to: "host.yaml")
                let data = folder.path(of: "jobs")
                let process = try Self.run(
                    ["serve", "--config", path], ["MAINSPRING_DATA_DIR": data, "MAINSPRING_APP_ID": "garage"])
                try process.waitForOutput(containing: "the jobs API listens", by: .seconds(30))
                #expect(process.errorOutput.contains(#""app_id":"garage""#))
                #expect(try FileTree.files(below: data).contains { $0.hasSuffix("/CURRENT") })
                process.send(SIGTERM)
                try process.expectSuccess()
            }
        }

        @Test(
            "what serve refuses as a flag it refuses as a variable, by the variable's name",
            arguments: [
                (
                    "MAINSPRING_HTTP_PORT", "seventy",
                    "The value 'seventy' is invalid for 'MAINSPRING_HTTP_PORT'"
                ),
                ("MAINSPRING_HTTP_PORT", "70000", "MAINSPRING_HTTP_PORT 70000 is no port: use 0 to 65535"),
                ("MAINSPRING_LOG_AS_JSON", "yes", "MAINSPRING_LOG_AS_JSON=yes is neither"),
                ("MAINSPRING_ROUTE", "a=echo,b", "The value 'b' is invalid for 'MAINSPRING_ROUTE'"),
                ("MAINSPRING_HTTP_PROT", "1", "did you mean MAINSPRING_HTTP_PORT?"),
                ("MAINSPRING_CONFIG", "/nonexistent/a.yaml", "/nonexistent/a.yaml (MAINSPRING_CONFIG)"),
            ])
        func badVariable(name: String, value: String, sentence: String) async throws {
            try await OwnThread.run {
                for command in ["serve", "config", "doctor"] {
                    try Self.run([command], [name: value]).expectRefusal(status: 2, naming: [sentence])
                }
            }
        }

        @Test(
            "what serve refuses as a flag it refuses in a file, by file, line and key",
            arguments: [
                (
                    "app-id: a\nhttp-port: seventy",
                    ["FILE:2: ", "The value 'seventy' is invalid for 'http-port'"]
                ),
                ("\n\nmax-body-size: 65Mi", ["FILE:3: max-body-size 68157440 is out of range"]),
                ("log-as-json: [true]", ["FILE:1: log-as-json takes one value, and found a list"]),
                ("app-health-probe-timeout: 9999", ["FILE:1: app-health-probe-timeout 9999 must not exceed"]),
                ("app-id:", ["FILE:1: app-id wants a value"]),
                ("app-id: ''", ["FILE:1: ", "'app-id'"]),
                ("\n\nhttp-prot: 1", ["unknown key http-prot in FILE line 3: did you mean http-port?"]),
            ])
        func badFile(text: String, sentences: [String]) async throws {
            try await OwnThread.run {
                let folder = try TemporaryFolder()
                let path = try folder.write(text, to: "host.yaml")
                try Self.run(["serve", "--config", path]).expectRefusal(
                    status: 2, naming: sentences.map { $0.replacing("FILE", with: path) })
            }
        }

        @Test("help, the version and commands that no setting concerns answer whatever the settings are")
        func questions() async throws {
            try await OwnThread.run {
                let bad = ["MAINSPRING_NO_SUCH_THING": "1"]
                for words in [["serve", "--help"], ["--version"], ["jobs", "preview", "@daily"]] {
                    try Self.run(words, bad).expectSuccess()
                }
            }
        }

        @Test("a token is read from a file, asked for, and never said")
        func secrets() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let token = "s3cret-of-the-api"
                let path = try data.write(token + "\n", to: "token")
                #expect(unsafe chmod(path, 0o600) == 0)
                var options = HostProcess.Options(dataFolder: data.path(of: "jobs"))
                options.environment = ["DAPR_API_TOKEN_FILE": path]
                options.arguments = ["--log-level", "debug"]
                let host = try HostProcess(options)
                try host.process.waitForOutput(containing: "the jobs API listens", by: .seconds(30))
                let refused = try host.connect().request("GET", "/v1.0/jobs/a")
                #expect(refused.status == 401)
                let passed = try host.connect().request(
                    "GET", "/v1.0/jobs/a", headers: ["dapr-api-token: \(token)"])
                #expect(passed.status == 500)
                let jobs = ["jobs", "list", "--http-port", "\(host.port)"]
                try Self.run(jobs, options.environment).expectSuccess()
                try Self.run(jobs).expectRefusal(status: 1, naming: ["DAPR_API_TOKEN_FILE"])
                try host.stop()
                #expect(!host.process.errorOutput.contains(token))

                let environment = ["DAPR_API_TOKEN_FILE": path, "APP_API_TOKEN": "s3cret-of-the-app"]
                for words in [["config"], ["config", "--json"]] {
                    let config = try Self.run(words, environment)
                    try config.expectSuccess()
                    #expect(!config.output.contains("s3cret") && config.output.contains("APP_API_TOKEN"))
                }
                let rows = try Self.rows([], environment)
                #expect(rows["dapr-api-token"]?.value == .text("set"))
                #expect(rows["dapr-api-token"]?.from == "DAPR_API_TOKEN_FILE")
                #expect(rows["app-api-token"]?.from == "APP_API_TOKEN")
                #expect(try Self.rows([])["app-api-token"]?.value == .text("not set"))
            }
        }

        @Test("a token's file that a file of settings names holds for the apps of a run template too")
        func templateSecret() async throws {
            try await OwnThread.run {
                let folder = try TemporaryFolder()
                let token = try folder.write("s3cret", to: "token")
                #expect(unsafe chmod(token, 0o600) == 0)
                let settings = try folder.write("dapr-api-token-file: \(token)", to: "host.yaml")
                let port = try FreePort.find()
                let template = try folder.write(
                    """
                    version: 1
                    apps:
                      - appID: one
                        appDirPath: .
                        daprHTTPPort: \(port)
                        command: ["cat"]
                    """, to: "dapr.yaml")
                let run = try Self.run(
                    ["run", "-f", template, "--config", settings, "--data-dir", folder.path(of: "jobs")],
                    ["PATH": "/usr/bin:/bin"])
                try run.waitForOutput(containing: "Started Dapr with app id", by: .seconds(30))
                #expect(try HTTPConnection(port: port).request("GET", "/v1.0/metadata").status == 401)
                #expect(!run.output.contains("--config"), "it has an effect, and is not warned of")
                run.send(SIGTERM)
                #expect(try run.waitForExit(by: .seconds(30)) == .status(0))
            }
        }

        @Test("a secret's file that keeps no secret is refused, by the name of who named it")
        func badSecrets() async throws {
            try await OwnThread.run {
                let folder = try TemporaryFolder()
                let open = try folder.write("s3cret", to: "open")
                #expect(unsafe chmod(open, 0o644) == 0)
                let empty = try folder.write("", to: "empty")
                #expect(unsafe chmod(empty, 0o600) == 0)
                let settings = try folder.write("\napp-api-token-file: \(open)", to: "host.yaml")
                for (words, environment, sentence) in [
                    (
                        ["--dapr-api-token-file", open], [:],
                        "--dapr-api-token-file \(open) holds a secret and is open"
                    ),
                    ([], ["DAPR_API_TOKEN_FILE": empty], "DAPR_API_TOKEN_FILE \(empty) is empty"),
                    (
                        [], ["APP_API_TOKEN_FILE": "/nonexistent"],
                        "APP_API_TOKEN_FILE /nonexistent cannot be read"
                    ),
                    (["--config", settings], [:], "\(settings):2: app-api-token-file \(open)"),
                    (
                        [], ["DAPR_API_TOKEN": "a", "DAPR_API_TOKEN_FILE": open],
                        "DAPR_API_TOKEN and DAPR_API_TOKEN_FILE are both set"
                    ),
                ] as [([String], [String: String], String)] {
                    let process = try Self.run(["serve"] + words, environment)
                    try process.expectRefusal(status: 2, naming: [sentence])
                    #expect(!process.errorOutput.contains("s3cret"))
                }
            }
        }
    }
}
