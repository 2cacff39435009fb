internal import ArgumentParser
internal import Glibc
internal import JobsRuntime
internal import Reactor
internal import Settings

/// The command line's root: names the commands, and turns what went wrong into one sentence and an exit
/// status.
struct Mainspring: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mainspring",
        abstract:
            "Durable jobs on one event loop: schedules over HTTP, fires to the millisecond, loses nothing.",
        discussion: """
            Exit status: 0 after an orderly stop, 1 when something failed, 2 for wrong flags or settings. Each flag of a \
            host is also a variable MAINSPRING_… and a key in the file of --config; see mainspring config.
            """,
        version: version,
        subcommands: [Serve.self, Run.self, Jobs.self, List.self, Stop.self, Config.self, Doctor.self])

    /// What `--version` prints.
    static let version = JobsRuntime.version

    /// Runs what the command line asks for.
    static func runCommand() async {
        var settings: SettingsInForce?
        do {
            let words = Array(CommandLine.arguments.dropFirst())
            settings = try SettingsWords.settings(for: words)
            var command = try parseAsRoot(SettingsWords.complete(words, with: settings))
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            end(with: error, settings)
        }
        LineQueue.standardOutput.flush()
        LineQueue.standardError.flush()
    }

    /// Ends the process: help and versions go to standard output with 0, wrong flags are 2, all else is a
    /// sentence and 1.
    private static func end(with error: any Error, _ settings: SettingsInForce?) -> Never {
        LineQueue.standardOutput.flush()
        LineQueue.standardError.flush()
        // Whoever throws a bare status has said what there is to say.
        if let status = error as? ExitCode { Glibc.exit(status.rawValue) }
        if let error = error as? SettingsError {
            complain("mainspring: \(error)")
            Glibc.exit(2)
        }
        let status = exitCode(for: error)
        if status == .success {
            print(message(for: error))
            Glibc.exit(0)
        }
        if status == .validationFailure {
            let sentence = message(for: error).split(whereSeparator: \.isNewline).joined(separator: " ")
            complain("mainspring: \(settings?.renaming(sentence) ?? sentence) (see \(help(for: error)))")
            Glibc.exit(2)
        }
        complain("mainspring: \(error)")
        Glibc.exit(1)
    }

    /// Which command's help to read, as the parser knows it.
    private static func help(for error: any Error) -> String {
        let text = fullMessage(for: error)
        guard let start = text.firstRange(of: "See '")?.upperBound else { return "mainspring --help" }
        return String(text[start...].prefix { $0 != "'" })
    }

    private static func complain(_ text: String) {
        LineQueue.standardError.write(text)
        LineQueue.standardError.flush()
    }
}
