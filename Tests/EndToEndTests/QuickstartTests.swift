internal import Glibc
import TestKit
import Testing

extension EndToEnd {
    /// The quickstart's README, followed by somebody who types what it says, ten times as fast.
    @Suite("the quickstart's README")
    struct QuickstartTests {
        @Test("every command in it works, and prints what it says")
        func commands() async throws {
            try await OwnThread.run {
                let project = try Products.projectFolder()
                let blocks = FencedBlock.all(
                    in: try TemporaryFolder.read(project + "/Examples/quickstart/README.md"))
                let commands = blocks.filter { $0.language == "sh" }.flatMap(\.commands)
                #expect(!commands.isEmpty, "the README has no commands")

                let folder = try TemporaryFolder()
                let (appPort, hostPort) = (try FreePort.find(), try FreePort.find())
                let host = try Products.path(of: "mainspring")
                let typed = commands.map {
                    $0.replacing("6200", with: "\(appPort)").replacing("6280", with: "\(hostPort)")
                        .replacing(".build/release/mainspring serve", with: "\(host) serve --metrics-port 0")
                }
                let script = try folder.write(Self.script(typed), to: "commands.sh")
                var environment = try Self.environment(folder)
                environment["APP_PORT"] = "\(appPort)"
                environment["JOB_SERVICE_DAPR_HTTP_PORT"] = "\(hostPort)"
                let shell = try ChildProcess(
                    Products.tool("bash"), [script], environment: environment, folder: project)
                let exit = try shell.waitForExit(by: .seconds(120))
                #expect(exit == .status(0), "\(shell.output)\(shell.errorOutput)")
                Self.expect(blocks.filter { $0.language == "text" }, in: shell.output)
            }
        }

        /// Every line that the README shows is in the output, as often as it is shown.
        private static func expect(_ blocks: [FencedBlock], in output: String) {
            var printed = output.split(whereSeparator: \.isNewline).map(String.init)
            for shown in blocks.flatMap(\.lines).map(String.init) {
                // What ten times as fast does to the scheduler's due times.
                let line = shown.replacing(#""dueTime":"15s""#, with: #""dueTime":"1.5s""#)
                    .replacing(#""dueTime":"20s""#, with: #""dueTime":"2s""#)
                if let index = printed.firstIndex(of: line) {
                    printed.remove(at: index)
                } else {
                    Issue.record("'\(line)' is not in what was printed: \(output)")
                }
            }
        }

        /// The commands one after another, each answer on lines of its own; the first that fails ends it.
        private static func script(_ commands: [String]) -> String {
            """
            set -euo pipefail
            trap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT
            \(commands.map { $0.hasSuffix("&") ? $0 : $0 + "; echo" }.joined(separator: "\n"))

            """
        }

        private static func environment(_ home: TemporaryFolder) throws -> [String: String] {
            let path = try #require(unsafe getenv("PATH").map { unsafe String(cString: $0) })
            return ["PATH": path, "HOME": home.path, "QUICKSTART_SPEED": "10"]
        }
    }
}
