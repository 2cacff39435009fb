import Glibc
import TestKit
import Testing

extension EndToEnd {
    /// `mainspring jobs` against a real host.
    @Suite("mainspring jobs")
    struct JobsCommandTests {
        /// Runs a command that asks `host`, with what it needs of an environment and no more.
        private static func jobs(
            _ host: HostProcess, _ arguments: [String], environment: [String: String] = [:]
        ) throws -> ChildProcess {
            try ChildProcess(
                Products.path(of: "mainspring"), ["jobs"] + arguments,
                environment: ["DAPR_HTTP_PORT": "\(host.port)", "TZ": "UTC"].merging(environment) { $1 })
        }

        /// Runs it to its end, which must be a good one; answers what it printed.
        private static func output(_ host: HostProcess, _ arguments: [String]) throws -> String {
            let command = try jobs(host, arguments)
            try command.expectSuccess()
            return command.output
        }

        private static func withHost(
            environment: [String: String] = [:], arguments: [String] = ["--route", "=echo"],
            _ body: @escaping @Sendable (HostProcess) throws -> Void
        ) async throws {
            try await OwnThread.run {
                let folder = try TemporaryFolder()
                var options = HostProcess.Options(dataFolder: folder.path)
                options.arguments = arguments
                options.environment = environment
                let host = try HostProcess.start(options)
                try body(host)
                try host.stop()
            }
        }

        @Test("an app that is named is meant, whatever host the environment or a flag names")
        func otherApp() async throws {
            try await Self.withHost { one throws in
                let folder = try TemporaryFolder()
                var options = HostProcess.Options(dataFolder: folder.path)
                options.appID = "other-\(getpid())"
                let other = try HostProcess.start(options)
                #expect(try one.connect().schedule("precious", #"{"dueTime":"1h"}"#).status == 204)
                // The environment names the first host, the flag the app of the second.
                let words = ["--app-id", options.appID]
                #expect(
                    try Self.output(one, ["schedule", "mine", "--due", "1h"] + words) == "scheduled mine\n")
                #expect(try other.connect().has("mine"))
                #expect(try Self.output(one, ["delete", "--all"] + words) == "deleted 1 job\n")
                #expect(try one.connect().has("precious"))
                try Self.jobs(one, ["list", "--http-port", "\(one.port)"] + words)
                    .expectRefusal(status: 2, naming: [options.appID, "'test'"])
                let agreed = ["list", "--http-port", "\(other.port)"] + words
                #expect(try Self.output(one, agreed) == "There are no jobs.\n")
                try other.stop()
            }
        }

        @Test("a job is scheduled, shown, listed, previewed and deleted, for a person and for a script")
        func story() async throws {
            try await Self.withHost { host throws in
                let words = ["--due", "1h", "--schedule", "@every 5s", "--repeats", "3", "--ttl", "9h"]
                let rest = ["--data", #"{"oil": 1}"#, "--failure-policy", "drop"]
                #expect(try Self.output(host, ["schedule", "r2"] + words + rest) == "scheduled r2\n")
                let json = try Self.output(host, ["get", "r2", "--json"])
                #expect(
                    json
                        == #"{"name":"r2", "schedule":"@every 5s", "repeats":3, "dueTime":"1h", "ttl":"9h", "data":{"@type":"type.googleapis.com/google.protobuf.Value", "value":{"oil": 1}}, "failurePolicy":{"drop":{}}}"#
                        + "\n")
                let shown = try Self.output(host, ["get", "r2"])
                #expect(shown.contains("schedule        @every 5s\n"))
                #expect(shown.contains("data            {\"oil\": 1}\n"))
                let list = try Self.output(host, ["list"]).split(separator: "\n")
                #expect(list.count == 2 && list[0].hasPrefix("NAME  STATE    NEXT"))
                #expect(list[1].hasPrefix("r2    waiting  20") && list[1].contains("in 59 min"))
                #expect(list[1].hasSuffix("0/3    @every 5s"))
                let array = try Self.output(host, ["list", "--json"]).split(separator: "\n")
                #expect(array.count == 3 && array.first == "[" && array.last == "]")
                #expect(array[1].hasPrefix(#"{"name":"r2","state":"waiting","next":"#))
                let preview = try Self.output(host, ["preview", "--job", "r2"]).split(separator: "\n")
                #expect(preview.count == 5 && preview.last == "No further tick follows.")
                #expect(
                    try Self.output(host, ["preview", "--job", "r2", "--json"]).hasPrefix(#"[{"planned":"#))
                #expect(try Self.output(host, ["delete", "r2"]) == "deleted r2\n")
                #expect(try Self.output(host, ["list"]) == "There are no jobs.\n")
                #expect(try Self.output(host, ["list", "--json"]) == "[\n]\n")
            }
        }

        @Test("delete by prefix says how many; every job goes with --all alone")
        func deletes() async throws {
            try await Self.withHost { host throws in
                for name in ["a1", "a2", "b"] {
                    #expect(
                        try Self.output(host, ["schedule", name, "--due", "1h"]) == "scheduled \(name)\n")
                }
                #expect(try Self.output(host, ["delete", "--prefix", "a"]) == "deleted 2 jobs\n")
                #expect(try Self.output(host, ["delete", "--all", "--json"]) == #"{"deleted":1}"# + "\n")
            }
        }

        @Test("a list of more jobs than a page holds is one list")
        func pages() async throws {
            try await Self.withHost { host throws in
                let connection = try host.connect()
                for number in 0..<1003 {
                    let path = "/v1.0/jobs/job-\(number)"
                    let answer = try connection.request("POST", path, body: #"{"dueTime":"1h"}"#)
                    #expect(answer.status == 204)
                }
                #expect(try Self.output(host, ["list"]).split(separator: "\n").count == 1004)
                let json = try Self.output(host, ["list", "--json"]).split(separator: "\n")
                #expect(json.count == 1005 && json[1..<1003].allSatisfy { $0.hasSuffix(",") })
                #expect(json[1003].hasSuffix("}"))
            }
        }

        @Test("what the host refuses is said in its own words, with status 1")
        func refused() async throws {
            try await Self.withHost { host throws in
                try Self.jobs(host, ["get", "nobody"]).expectRefusal(
                    status: 1, naming: ["job not found: nobody"])
                try Self.jobs(host, ["schedule", "a", "--schedule", "* * * * *"]).expectRefusal(
                    status: 1, naming: ["expected exactly 6 fields"])
                try Self.jobs(host, ["schedule", "a/b", "--due", "1h"]).expectRefusal(
                    status: 1, naming: ["must not contain"])
                try Self.jobs(host, ["preview", "--job", "nobody"]).expectRefusal(
                    status: 1, naming: [#"there is no job "nobody""#])
                #expect(try Self.output(host, ["schedule", "a", "--due", "1h"]) == "scheduled a\n")
                try Self.jobs(host, ["schedule", "a", "--due", "1h"]).expectRefusal(
                    status: 1, naming: ["job already exists"])
                #expect(
                    try Self.output(host, ["schedule", "a", "--due", "1h", "--overwrite"]) == "scheduled a\n")
            }
        }

        @Test(
            "wrong flags are 2, after one sentence that names them, what was found and what is wanted",
            arguments: [
                (["schedule", "a"], "--due"),
                (["schedule", "a", "--due", "1s", "--data", "oil"], "--data is no JSON"),
                (["schedule", "a", "--due", "1s", "--failure-policy", "often"], "--failure-policy 'often'"),
                (["schedule", "a", "--due", "1s", "--repeats", "-1"], "--repeats"),
                (["delete"], "--prefix"), (["delete", "a", "--all"], "--all"),
                (["delete", "--prefix", ""], "--prefix is empty"),
                (["preview"], "--job NAME"), (["preview", "@daily", "--job", "a"], "--job"),
                (["list", "--http-port", "0"], "--http-port 0"), (["list", "--http-port", "70000"], "70000"),
                (["watch", "--limit", "1"], "--limit"),
            ] as [([String], String)])
        func usage(words: [String], naming: String) async throws {
            try await OwnThread.run {
                let command = try ChildProcess(Products.path(of: "mainspring"), ["jobs"] + words)
                try command.expectRefusal(status: 2, naming: [naming])
            }
        }

        @Test("where no host answers it says where it looked, who said so, and how to start one")
        func nobody() async throws {
            try await OwnThread.run {
                let port = try FreePort.find()
                let path = try Products.path(of: "mainspring")
                let flag = try ChildProcess(path, ["jobs", "list", "--http-port", "\(port)"])
                try flag.expectRefusal(
                    status: 1, naming: ["127.0.0.1:\(port) (--http-port)", "mainspring serve"])
                let variable = try ChildProcess(
                    path, ["jobs", "watch"], environment: ["DAPR_HTTP_PORT": "\(port)"])
                let exit = try variable.waitForExit(by: .seconds(30))
                #expect(exit == .status(1) && variable.errorOutput.contains("(DAPR_HTTP_PORT)"))
                let wrong = try ChildProcess(path, ["jobs", "list"], environment: ["DAPR_HTTP_PORT": "x"])
                try wrong.expectRefusal(status: 2, naming: ["DAPR_HTTP_PORT is 'x'"])
            }
        }

        @Test("DAPR_API_TOKEN is sent if it is set, and asked for where it is not")
        func token() async throws {
            let token = ["DAPR_API_TOKEN": "s3cret"]
            try await Self.withHost(environment: token) { host throws in
                let with = try Self.jobs(host, ["list"], environment: token)
                try with.expectSuccess()
                try Self.jobs(host, ["list"]).expectRefusal(status: 1, naming: ["set DAPR_API_TOKEN"])
            }
        }

        @Test("watch shows each firing, a line each; Ctrl-C ends it at once; the host's end is status 1")
        func watch() async throws {
            try await Self.withHost { host throws in
                let table = try Self.jobs(host, ["watch", "--prefix", "r"])
                try table.waitForOutput(containing: "OUTCOME", by: .seconds(30))
                let json = try Self.jobs(host, ["watch", "--json"])
                let words = ["--schedule", "@every 100ms", "--due", "0s"]
                #expect(try Self.output(host, ["schedule", "r2"] + words) == "scheduled r2\n")
                #expect(try Self.output(host, ["schedule", "c3"] + words) == "scheduled c3\n")
                for command in [table, json] {
                    try command.waitForOutput(containing: "succeeded", by: .seconds(30))
                }
                try json.waitForOutput(containing: #""name":"c3""#, by: .seconds(30))
                table.send(SIGINT)
                #expect(try table.waitForExit(by: .seconds(30)) == .signal(SIGINT))
                let line = try #require(table.output.split(separator: "\n").dropFirst().first)
                #expect(line.contains(" r2 ") && line.contains(" ms ") && line.contains("next in "))
                #expect(!table.output.contains("c3") && !table.output.contains("\u{1B}"))
                let event = try #require(json.output.split(separator: "\n").first)
                #expect(event.hasPrefix(#"{"name":""#) && event.hasSuffix("}"))
                try host.stop()
                #expect(try json.waitForExit(by: .seconds(30)) == .status(1))
                #expect(json.errorOutput.contains("the host has ended the events"))
            }
        }

        @Test("a reader that has gone ends it quietly", arguments: ["watch --json", "list --json", "list"])
        func closedPipe(command: String) async throws {
            try await Self.withHost { host throws in
                let words = ["--schedule", "@every 100ms", "--due", "0s"]
                for name in ["a", "b", "c"] {
                    #expect(try Self.output(host, ["schedule", name] + words) == "scheduled \(name)\n")
                }
                let path = try Products.path(of: "mainspring")
                let shell = try ChildProcess(
                    "/bin/sh", ["-c", "'\(path)' jobs \(command) | head -n 1"],
                    environment: ["DAPR_HTTP_PORT": "\(host.port)", "PATH": "/usr/bin:/bin"])
                try shell.expectSuccess()
                #expect(shell.output.split(separator: "\n").count == 1 && shell.errorOutput.isEmpty)
            }
        }

        @Test("colours are for a person at a terminal alone, and never with NO_COLOR")
        func colours() async throws {
            // Without a route a due job is unrouted, which is told in yellow.
            try await Self.withHost(arguments: []) { host throws in
                #expect(try Self.output(host, ["schedule", "r2", "--due", "0s"]) == "scheduled r2\n")
                #expect(try !Self.output(host, ["list"]).contains("\u{1B}"))
                for (variable, isColoured) in [
                    ("COLOURS=wanted", true), ("NO_COLOR=1", false), ("TERM=dumb", false),
                ] {
                    let path = try Products.path(of: "mainspring")
                    let terminal = try ChildProcess(
                        "/usr/bin/script", ["-qec", "env \(variable) '\(path)' jobs list", "/dev/null"],
                        environment: [
                            "DAPR_HTTP_PORT": "\(host.port)", "PATH": "/usr/bin:/bin", "TERM": "xterm",
                        ])
                    try terminal.expectSuccess()
                    #expect(terminal.output.contains("unrouted"))
                    #expect(terminal.output.contains("\u{1B}[33m") == isColoured, "\(variable)")
                }
            }
        }

        @Test("what could move the cursor or turn a line around never reaches the terminal, whoever wrote it")
        func hiddenCharacters() async throws {
            try await Self.withHost { host throws in
                let name = "a\u{202E}b\u{200B}c"
                #expect(
                    try Self.output(host, ["schedule", name, "--due", "1h", "--data", "\"x\u{2066}y\""])
                        == "scheduled a\\u{202E}b\\u{200B}c\n")
                #expect(try Self.output(host, ["list"]).contains("a\\u{202E}b\\u{200B}c"))
                #expect(try Self.output(host, ["list", "--json"]).contains(#"{"name":"a\u202eb\u200bc","#))
                #expect(try Self.output(host, ["get", name]).contains(#""x\u{2066}y""#))
                #expect(try Self.output(host, ["get", name, "--json"]).contains(#""x\u2066y""#))
                try Self.jobs(host, ["get", "x\u{202E}"]).expectRefusal(status: 1, naming: ["x\\u{202E}"])
                #expect(try Self.output(host, ["delete", name]).contains("\\u{202E}"))
                #expect(try Self.output(host, ["list"]) == "There are no jobs.\n")
            }
        }
    }
}
