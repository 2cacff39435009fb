/// A multi-app run template: `dapr.yaml` (contract, section 9.1), read and checked.
///
/// What a flag of the host takes is kept as a text, for the host to check: what a value may be is said once.
package struct RunTemplate: Sendable {
    /// One app, with what it has from `common`.
    package struct App: Sendable {
        package let appID: String
        /// Where it runs; an absolute path of a folder that is there.
        package let folder: String
        /// The program and its arguments; empty for an app that somebody else starts.
        package let command: [String]
        /// What its environment has besides the run's own.
        package let environment: [String: String]
        package let appDestination: LogDestination
        package let hostDestination: LogDestination
        /// The values that flags of the host take.
        package let flags: [Flag]
        /// The ports that it is given, by key: all that must be free.
        package let ports: [(key: String, port: Int, line: Int)]
        /// Where the app begins, from 1.
        package let line: Int

        /// The port of a key, if it was given.
        package func port(_ key: String) -> Int? { ports.first { $0.key == key }?.port }
    }

    /// A value for a flag of the host.
    package struct Flag: Sendable, Equatable {
        /// The flag's name, without dashes.
        package let flag: String
        /// The key that gave it, and the line.
        package let key: String
        package let line: Int
        package let value: String
    }

    /// The file, as messages name it.
    package let file: String
    /// The file as an absolute path; for standard input the folder that paths are relative to, and `-`.
    package let path: String
    /// Its own name, or that of its folder.
    package let name: String
    package let apps: [App]
    /// What was passed over.
    package let warnings: [String]

    /// The key that a flag of the host has in a template.
    package static func key(of flag: String) -> String? {
        TemplateField.all.first { field in
            if case .flag(flag) = field.use { true } else { false }
        }?.name
    }

    /// An error at a line of the template.
    package func error(line: Int?, _ reason: String) -> TemplateError {
        TemplateError(file: file, line: line, reason: reason)
    }
}
