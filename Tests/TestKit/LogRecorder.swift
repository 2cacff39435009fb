package import Logging
internal import Reactor

/// Keeps the lines of a logger, whatever their level, for a test that looks for one.
package final class LogRecorder: Sendable {
    /// One line.
    package struct Line: Equatable, Sendable {
        package let level: Logger.Level
        package let message: String
        package let scope: String?

        package init(level: Logger.Level, message: String, scope: String?) {
            self.level = level
            self.message = message
            self.scope = scope
        }
    }

    private struct Handler: LogHandler {
        let kept: Guarded<[Line]>
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let scope = metadata["scope"].map { "\($0)" }
            kept.withLock { $0.append(Line(level: event.level, message: "\(event.message)", scope: scope)) }
        }
    }

    private let kept = Guarded<[Line]>([])
    /// Writes here and nowhere else.
    package let logger: Logger

    package init() {
        let kept = kept
        logger = Logger(label: "test") { _ in Handler(kept: kept) }
    }

    /// The lines so far.
    package var entries: [Line] { kept.withLock { $0 } }

    /// The same as text, each with its level in front.
    package var lines: [String] { entries.map { "\($0.level): \($0.message)" } }
}
