import Foundation
import Settings
import TestKit
import Testing

extension EndToEnd {
    /// The table of settings, the flags of `serve`, and `docs/configuration.md` say the same.
    @Suite("the table of settings")
    struct SettingsPageTests {
        /// What the parser tells of a flag, with `--experimental-dump-help`.
        struct Flag: Decodable {
            struct Name: Decodable {
                var kind: String
                var name: String

                var spelling: String { (kind == "long" ? "--" : "-") + name }
            }

            var kind: String
            var names: [Name]
            var isRepeating: Bool
            var defaultValue: String?
            var parsingStrategy: String
            var abstract: String?

            var name: String { names.first { $0.kind == "long" }?.name ?? "" }

            /// The help's text without the default that some name there.
            var meaning: Substring {
                let text = abstract ?? ""
                return text.firstRange(of: " (default: ").map { text[..<$0.lowerBound] } ?? text[...]
            }
        }

        private struct Help: Decodable {
            struct Command: Decodable { var arguments: [Flag] }

            var command: Command
        }

        /// The flags that set something, in the order of the help.
        private static func flags(of command: String) throws -> [Flag] {
            let help = try ChildProcess(
                Products.path(of: "mainspring"), [command, "--experimental-dump-help"])
            try help.expectSuccess()
            let all = try JSONDecoder().decode(Help.self, from: Data(help.output.utf8)).command.arguments
            return all.filter { !["help", "version", "json"].contains($0.name) }
        }

        @Test(
            "each flag of serve, config and doctor is a setting, and each setting a flag",
            arguments: ["serve", "config", "doctor"])
        func names(command: String) async throws {
            try await OwnThread.run {
                let flags = try Self.flags(of: command)
                #expect(flags.map(\.name).sorted() == Setting.all.map(\.name).sorted())
                for flag in flags {
                    #expect(flag.kind == "option", "\(flag.name) takes no value: it cannot be set by one")
                    let setting = try #require(Setting.named(flag.name))
                    let spellings = Set(["--" + setting.name] + setting.spellings)
                    #expect(Set(flag.names.map(\.spelling)) == spellings, "\(flag.name)")
                    #expect(flag.isRepeating == (setting.shape == .list), "\(flag.name)")
                    let standsAlone = flag.parsingStrategy == "scanningForValue"
                    #expect(standsAlone == (setting.shape == .truth), "\(flag.name)")
                    // What the parser calls the default of such a flag is its value when it stands alone.
                    if !standsAlone, let value = flag.defaultValue {
                        #expect(value == setting.standard, "\(flag.name)")
                    }
                }
            }
        }

        @Test("docs/configuration.md lists every setting with its names, default and meaning, and no other")
        func page() async throws {
            try await OwnThread.run {
                let page = try TemporaryFolder.read(Products.projectFolder() + "/docs/configuration.md")
                let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `-") }
                #expect(rows.count == Setting.all.count)
                let flags = try Self.flags(of: "serve")
                for setting in Setting.all {
                    let flag = try #require(flags.first { $0.name == setting.name })
                    let row = [
                        flag.names.map(\.spelling).joined(separator: ", "), setting.variable,
                        setting == .file ? "none" : setting.name, setting.standard ?? "none",
                        String(flag.meaning),
                    ]
                    let line = "| " + row.joined(separator: " | ") + " |"
                    #expect(rows.contains { $0.replacing("`", with: "") == line }, "\(line)")
                }
            }
        }

        @Test("the file on the page is one that a host takes")
        func example() async throws {
            try await OwnThread.run {
                let page = try TemporaryFolder.read(Products.projectFolder() + "/docs/configuration.md")
                let fence = try #require(page.firstRange(of: "```yaml\n"))
                let end = try #require(page[fence.upperBound...].firstRange(of: "```"))
                let text = page[fence.upperBound..<end.lowerBound]
                let folder = try TemporaryFolder()
                let token = try folder.write("s3cret", to: "token")
                #expect(unsafe chmod(token, 0o600) == 0)
                let path = try folder.write(
                    String(text).replacing("/run/secrets/api-token", with: token), to: "host.yaml")
                let config = try ChildProcess(
                    Products.path(of: "mainspring"), ["config", "--config", path],
                    environment: ["HOME": folder.path])
                try config.expectSuccess()
                #expect(config.output.contains("r2-=droid-maintenance, c3-=echo"))
            }
        }
    }
}
