internal import Glibc
import TestKit
import Testing

extension EndToEnd {
    /// The README, followed by somebody who types what it says and nothing else.
    @Suite("the README")
    struct ReadmeTests {
        @Test("every command in it works, in a fresh clone")
        func commands() async throws {
            try await OwnThread.run {
                let project = try Products.projectFolder()
                let readme = try TemporaryFolder.read(project + "/README.md")
                let blocks = FencedBlock.all(in: readme).filter {
                    ["sh", "bash", "console"].contains($0.language)
                }
                let commands = blocks.flatMap(\.commands)
                #expect(!commands.isEmpty, "the README has no commands")

                let folder = try TemporaryFolder()
                // The README's port may be somebody else's here.
                let port = try FreePort.find()
                let typed = commands.map { $0.replacing("3500", with: "\(port)") }
                let script = try folder.write(Self.script(typed), to: "commands.sh")
                var environment = Self.environment(folder)
                environment["PROJECT"] = project
                let shell = try ChildProcess(
                    Products.tool("bash"), [script], environment: environment, folder: folder.path)
                let exit = try shell.waitForExit(by: .seconds(1_200))
                #expect(exit == .status(0), "\(shell.output)\(shell.errorOutput)")
            }
        }

        @Test("the program in it compiles")
        func program() async throws {
            try await OwnThread.run {
                let readme = try TemporaryFolder.read(Products.projectFolder() + "/README.md")
                let blocks = FencedBlock.all(in: readme).filter { $0.language == "swift" }
                #expect(!blocks.isEmpty, "the README has no program")
                for block in blocks {
                    let folder = try TemporaryFolder()
                    let source = try folder.write(block.lines.joined(separator: "\n"), to: "main.swift")
                    let arguments =
                        ["-typecheck", "-swift-version", "6"] + (try Self.modulePaths()) + [source]
                    let compiler = try ChildProcess(
                        Products.tool("swiftc"), arguments, environment: Self.environment(folder))
                    let exit = try compiler.waitForExit(by: .seconds(300))
                    #expect(exit == .status(0), "\(compiler.errorOutput)")
                }
            }
        }

        /// Where the compiler finds the project's modules: its own, and the maps of the C libraries under them.
        private static func modulePaths() throws -> [String] {
            let (products, sources) = (try Products.folder(), try Products.projectFolder() + "/Sources")
            let built = try FileTree.files(below: products).filter { $0.hasSuffix(".build/module.modulemap") }
            let written = try FileTree.files(below: sources).filter { $0.hasSuffix("/module.modulemap") }
            return ["-I", products + "/Modules"]
                + (built + written).flatMap { ["-Xcc", "-fmodule-map-file=\($0)"] }
        }

        /// What a person's shell has, with a home of its own.
        private static func environment(_ home: TemporaryFolder) -> [String: String] {
            var environment = ["HOME": home.path, "XDG_STATE_HOME": home.path(of: "state")]
            for name in ["PATH", "http_proxy", "https_proxy"] {
                environment[name] = unsafe getenv(name).map { unsafe String(cString: $0) }
            }
            environment["NO_PROXY"] = "127.0.0.1,localhost"
            return environment
        }

        /// The commands one after another, each shown before it runs; the first that fails ends it.
        ///
        /// `make test` is this run itself. A clone of the project's address is a clone of the project here, and a request waits
        /// for a host that was started the line before.
        private static func script(_ commands: [String]) -> String {
            """
            set -euo pipefail
            trap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT
            git() {
                if [ "$1" != clone ]; then command git "$@"; return; fi
                command git clone --quiet "$PROJECT" "$(basename "${2%.git}")"
            }
            make() { [ "${1:-}" = test ] || command make "$@"; }
            curl() { command curl --fail-with-body --retry 300 --retry-delay 1 --retry-connrefused --retry-max-time 60 "$@"; }
            \(commands.contains { $0.hasPrefix("git clone") } ? "" : "git clone x/project; cd project")
            \(commands.map { "echo '>> '\(quoted($0))\n\($0)" }.joined(separator: "\n"))

            """
        }

        private static func quoted(_ text: String) -> String {
            "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#)
                + "'"
        }
    }
}

/// A block of code between two fences.
struct FencedBlock {
    var language: String
    var lines: [Substring]

    /// The blocks of a text in Markdown, in their order.
    static func all(in text: String) -> [FencedBlock] {
        var blocks: [FencedBlock] = []
        var open: FencedBlock?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                if let block = open {
                    blocks.append(block)
                    open = nil
                } else {
                    open = FencedBlock(language: String(line.dropFirst(3)), lines: [])
                }
            } else {
                open?.lines.append(line)
            }
        }
        return blocks
    }

    /// What a person types, without comments.
    ///
    /// In a session that is what follows a `$ `, else every line. One that ends with a backslash goes on in the next.
    var commands: [String] {
        let isSession = lines.contains { $0.hasPrefix("$ ") }
        var commands: [String] = []
        var isOpen = false
        for line in lines {
            if isOpen {
                commands[commands.count - 1] += "\n" + line
            } else if isSession, line.hasPrefix("$ ") {
                commands.append(String(line.dropFirst(2)))
            } else if !isSession, !line.isEmpty, !line.hasPrefix("#") {
                commands.append(String(line))
            } else {
                continue
            }
            isOpen = line.hasSuffix("\\")
        }
        return commands
    }
}
