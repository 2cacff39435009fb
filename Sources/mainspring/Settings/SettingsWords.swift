internal import Settings

/// How what the environment and a file of settings say gets to the parser: as words of the command line, so that a value is
/// checked in one place, whoever gave it.
enum SettingsWords {
    /// The commands that are told what a host is told.
    private static let commands: Set<String> = ["serve", "run", "config", "doctor"]
    /// Words that ask about a command and do not run it: they answer whatever the settings are.
    private static let questions = [
        "-h", "--help", "--version", "--experimental-dump-help", "--generate-completion-script",
    ]

    /// What is in force for a command line; `nil` for a command that no setting concerns.
    static func settings(for words: [String]) throws(SettingsError) -> SettingsInForce? {
        guard let command = words.first, commands.contains(command) else { return nil }
        let flags = words.prefix { $0 != "--" }.map { String($0.prefix { $0 != "=" }) }
        if flags.contains(where: questions.contains) { return nil }
        return try SettingsInForce(words: words, environment: Environment.all)
    }

    /// The words that the parser gets: the command, what flags leave open, and the words as they were typed.
    static func complete(_ words: [String], with settings: SettingsInForce?) -> [String] {
        guard let settings, let command = words.first else { return words }
        return [command] + settings.words + words.dropFirst()
    }
}
