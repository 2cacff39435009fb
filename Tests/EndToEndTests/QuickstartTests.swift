internal import Glibc
import TestKit
import Testing

extension EndToEnd {
    /// The quickstart's apps and what its README says of them, ten times as fast.
    @Suite("the quickstart")
    struct QuickstartTests {
        enum Language: String, CaseIterable { case swift, python }

        // MARK: All with one command

        @Test("the templates have the ids and ports of Dapr's", arguments: Language.allCases)
        func template(language: Language) throws {
            let words = try Self.read("\(language)/dapr.yaml").split(whereSeparator: \.isWhitespace)
            let values = words.indices.dropLast().filter {
                ["appID:", "appPort:", "daprHTTPPort:"].contains(words[$0])
            }.map { words[$0 + 1] }
            #expect(values == ["job-service", "6200", "6280", "job-scheduler", "6300", "6380"])
        }

        @Test(
            "make quickstart's story ends by itself, and each line is under the app that prints it",
            arguments: Language.allCases)
        func story(language: Language) async throws {
            try await OwnThread.run {
                let folder = try TemporaryFolder()
                let ports = try Self.copyTemplate(language, to: folder)
                let story = try Self.play(
                    Products.path(of: "mainspring"), folder, ["JOB_SERVICE_DAPR_HTTP_PORT": ports[1]])
                #expect(try story.waitForExit(by: .seconds(120)) == .status(0), "\(story.errorOutput)")
                let shown = try FencedBlock.all(in: Self.section("## Run all with one command"))
                    .filter { $0.language == "text" }.flatMap(\.lines)
                #expect(shown.count > 10, "the README shows nothing")
                Self.expect(shown.map { String($0).replacing("6200", with: ports[0]) }, in: story.output)
            }
        }

        @Test("a story whose host ends early fails, and says what was missing")
        func endsEarly() async throws {
            try await OwnThread.run {
                let folder = try TemporaryFolder()
                let story = try Self.play(Products.tool("false"), folder)
                #expect(try story.waitForExit(by: .seconds(30)) == .status(1))
                #expect(story.errorOutput.contains("the host ended early, with status 1"))
                #expect(story.errorOutput.contains("Executing maintenance job: Limb Calibration"))
            }
        }

        @Test("a story that does not get on fails after its time, and stops its host")
        func getsNowhere() async throws {
            try await OwnThread.run {
                let folder = try TemporaryFolder()
                let host = try Self.stubbornHost(folder)
                let story = try Self.play(host, folder, ["QUICKSTART_SECONDS": "1"])
                #expect(try story.waitForExit(by: .seconds(30)) == .status(1))
                #expect(story.errorOutput.contains("not done within 1 s"), "\(story.errorOutput)")
                #expect(story.output.contains("the host was stopped"), "\(story.output)")
            }
        }

        @Test("Ctrl-C stops the host and ends the story with status 130", arguments: [SIGINT, SIGTERM])
        func interrupted(signal: Int32) async throws {
            try await OwnThread.run {
                let folder = try TemporaryFolder()
                let story = try Self.play(Self.stubbornHost(folder), folder)
                try story.waitForOutput(containing: "the host is up", by: .seconds(30))
                story.send(signal)
                #expect(try story.waitForExit(by: .seconds(30)) == .status(130))
                #expect(story.output.contains("the host was stopped"), "\(story.output)")
            }
        }

        // MARK: One by one

        @Test("the steps with curl work as the README has them, and print what it shows")
        func steps() async throws {
            try await OwnThread.run {
                let folder = try TemporaryFolder()
                let ports = [try FreePort.find(), try FreePort.find()].map { "\($0)" }
                let blocks = try FencedBlock.all(
                    in: Self.section("## Run the apps one by one", before: "### The scheduler"))
                var commands = try blocks.filter { $0.language == "sh" }.flatMap(\.commands).map {
                    $0.replacing("6200", with: ports[0]).replacing("6280", with: ports[1])
                        .replacing(".build/release/mainspring", with: try Products.path(of: "mainspring"))
                        .replacing(".build/release/job-service", with: try Products.path(of: "job-service"))
                }
                let words = commands.removeFirst().split(separator: " ").map(String.init)
                let service = try ChildProcess(
                    words[0], Array(words.dropFirst()), environment: Self.environment(folder),
                    folder: folder.path)
                try service.waitForOutput(containing: "Server started on port \(ports[0])", by: .seconds(60))

                let script = "set -e\n" + commands.map { $0 + "; echo" }.joined(separator: "\n")
                let shell = try ChildProcess(
                    Products.tool("bash"), ["-c", script], environment: Self.environment(folder))
                #expect(try shell.waitForExit(by: .seconds(60)) == .status(0), "\(shell.errorOutput)")
                try service.waitForOutput(
                    containing: "Executing maintenance job: Oil Change", by: .seconds(30))
                service.send(SIGTERM)
                try service.expectSuccess()

                let shown = blocks.filter { $0.language == "text" }.flatMap(\.lines)
                let output = shell.output + "\n" + service.output + "\n" + service.errorOutput
                Self.expect(shown.map { String($0).replacing("6200", with: ports[0]) }, in: output)
            }
        }

        @Test("the apps find each other when each is started by hand", arguments: Language.allCases)
        func byHand(language: Language) async throws {
            try await OwnThread.run {
                let folder = try TemporaryFolder()
                var options = HostProcess.Options(dataFolder: folder.path(of: "data"))
                options.appID = "job-service"
                options.appPort = try FreePort.find()
                let host = try HostProcess.start(options)
                var environment = try Self.environment(folder)
                environment["APP_PORT"] = options.appPort.map { "\($0)" }
                environment["JOB_SERVICE_DAPR_HTTP_PORT"] = "\(host.port)"
                let service = try Self.app("job-service", in: language, environment)
                let scheduler = try Self.app("job-scheduler", in: language, environment)
                try scheduler.expectSuccess()
                try service.waitForOutput(containing: "job: Limb Calibration", by: .seconds(30))
                #expect(service.output.contains("Executing maintenance job: Oil Change"))

                // An earlier R2-D2 is pending: what the host says ends the scheduler.
                #expect(try host.connect().schedule("R2-D2", #"{"dueTime":"1h"}"#).status == 204)
                let second = try Self.app("job-scheduler", in: language, environment)
                #expect(try second.waitForExit(by: .seconds(30)) == .status(1))
                #expect(second.errorOutput.contains("409"), "\(second.errorOutput)")
                try host.stop()
            }
        }

        @Test("a service whose port is taken says so", arguments: Language.allCases)
        func portTaken(language: Language) async throws {
            try await OwnThread.run {
                let (folder, app) = (try TemporaryFolder(), try AppSink())
                var environment = try Self.environment(folder)
                environment["APP_PORT"] = "\(app.port)"
                let service = try Self.app("job-service", in: language, environment)
                #expect(try service.waitForExit(by: .seconds(30)) == .status(1))
                #expect(service.errorOutput.contains("Address already in use"), "\(service.errorOutput)")
            }
        }
    }
}

// MARK: - How the stories are set

extension EndToEnd.QuickstartTests {
    private static func read(_ file: String) throws -> String {
        try TemporaryFolder.read(Products.projectFolder() + "/Examples/quickstart/" + file)
    }

    /// A part of the README, from one heading to the next of its kind or to `end`.
    private static func section(_ heading: String, before end: String = "\n## ") throws -> String {
        let page = try read("README.md")
        let start = try #require(page.ranges(of: heading).first?.upperBound, "no heading '\(heading)'")
        return String(page[start...].split(separator: end, maxSplits: 1)[0])
    }

    /// Every shown line is in a printed one, as often as it is shown.
    private static func expect(_ shown: [String], in output: String) {
        // Python's JSON has a space more.
        var printed = output.replacing(#""Value": "#, with: #""Value":"#)
            .split(whereSeparator: \.isNewline).map(String.init)
        for line in shown {
            // What ten times as fast does to the scheduler's due times.
            let wanted = line.replacing(#""Value": "#, with: #""Value":"#)
                .replacing(#""dueTime":"15s""#, with: #""dueTime":"1.5s""#)
                .replacing(#""dueTime":"20s""#, with: #""dueTime":"2s""#)
            if let index = printed.firstIndex(where: { $0.contains(wanted) }) {
                printed.remove(at: index)
            } else {
                Issue.record("'\(wanted)' is not in what was printed: \(output)")
            }
        }
    }

    /// A language's template and apps in a folder, with free ports: the service's, its host's, then the scheduler's two.
    private static func copyTemplate(_ language: Language, to folder: TemporaryFolder) throws -> [String] {
        let apps = try Products.projectFolder() + "/Examples/quickstart/\(language)/."
        let copy = try ChildProcess(Products.tool("cp"), ["-r", apps, folder.path])
        try copy.expectSuccess()
        var template = try read("\(language)/dapr.yaml")
            .replacing("../../../../.build/release", with: try Products.folder())
        var ports: [String] = []
        for port in ["6200", "6280", "6300", "6380"] {
            ports.append("\(try FreePort.find())")
            template = template.replacing(port, with: ports[ports.count - 1])
        }
        try folder.write(template, to: "dapr.yaml")
        return ports
    }

    private static func play(
        _ host: String, _ folder: TemporaryFolder, _ variables: [String: String] = [:]
    ) throws -> ChildProcess {
        try ChildProcess(
            Products.tool("bash"), ["Tools/quickstart", host, folder.path],
            environment: environment(folder).merging(variables) { $1 }, folder: Products.projectFolder())
    }

    /// A host that starts nothing, and says when it is stopped.
    private static func stubbornHost(_ folder: TemporaryFolder) throws -> String {
        let script = """
            #!/bin/sh
            trap 'echo the host was stopped; exit 0' TERM
            mkfifo "$0.nothing"
            exec 3<>"$0.nothing"
            echo the host is up
            read -r nothing <&3
            """
        let path = try folder.write(script, to: "host")
        guard unsafe chmod(path, 0o755) == 0 else { throw TestFailure("cannot make '\(path)' a program") }
        return path
    }

    private static func app(
        _ name: String, in language: Language, _ environment: [String: String]
    ) throws -> ChildProcess {
        switch language {
        case .swift: try ChildProcess(Products.path(of: name), [], environment: environment)
        case .python:
            try ChildProcess(
                Products.tool("python3"),
                [Products.projectFolder() + "/Examples/quickstart/python/\(name)/app.py"],
                environment: environment)
        }
    }

    private static func environment(_ home: TemporaryFolder) throws -> [String: String] {
        let path = try #require(unsafe getenv("PATH").map { unsafe String(cString: $0) })
        return [
            "PATH": path, "HOME": home.path, "TMPDIR": home.path, "QUICKSTART_SPEED": "10",
            "NO_PROXY": "127.0.0.1,localhost",
        ]
    }
}
