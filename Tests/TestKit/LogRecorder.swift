package import Logging
internal import Reactor

/// Keeps the lines of a logger, for a test that looks for one.
package final class LogRecorder: Sendable {
    private struct Handler: LogHandler {
        let lines: Guarded<[String]>
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { lines.withLock { $0.append("\(event.level): \(event.message)") } }
    }

    private let kept = Guarded<[String]>([])
    /// Writes here and nowhere else.
    package let logger: Logger

    package init() {
        let kept = kept
        logger = Logger(label: "test") { _ in Handler(lines: kept) }
    }

    /// The lines so far, each with its level in front.
    package var lines: [String] { kept.withLock { $0 } }
}
