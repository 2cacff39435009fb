package import Logging
package import Reactor

/// What a run says of itself, in Dapr's words and with its glyphs (contract, sections 9.3 and 9.4).
///
/// Any thread; no line is dropped.
package struct AppConsole: Sendable {
    /// Where the lines go, and those of the apps.
    package let output: LineQueue
    private let errors: LineQueue
    private let logger: Logger?

    /// A console that prints for people; with a logger, every line is one of its instead.
    package init(
        output: LineQueue = .standardOutput, errors: LineQueue = .standardError, logger: Logger? = nil
    ) {
        self.output = output
        self.errors = errors
        self.logger = logger
    }

    package func success(_ text: String) { say("✅  ", text, .info) }
    package func info(_ text: String) { say("ℹ️  ", text, .info) }
    package func warning(_ text: String) { say("⚠  ", text, .warning) }
    package func failure(_ text: String) { say("❌  ", text, .error) }

    /// Ends the line that a terminal has begun with `^C`.
    package func emptyLine() {
        if logger == nil { output.append([]) }
    }

    private func say(_ glyph: String, _ text: String, _ level: Logger.Level) {
        if let logger {
            logger.log(level: level, "\(text)")
        } else {
            (level == .error ? errors : output).append(Array((glyph + text).utf8))
        }
    }
}
