internal import Glibc
public import Logging
public import Reactor

/// Writes log lines in the shape that Dapr's have, without ever keeping the event loop waiting.
///
/// Contract 8.3: on a terminal the level, the seconds since the start and the message, padded, then the fields in order
/// of their names; elsewhere `time="…" level=error msg="…"` and the fields; or one JSON object a line with the same keys.
/// Lines go through a bounded queue with a thread of its own; what does not fit is dropped and counted.
public struct QueueLogHandler: LogHandler {
    /// How a line is written.
    public enum Format: String, Sendable, CaseIterable {
        /// For people, on a terminal; keys and values elsewhere.
        case text
        /// One JSON object.
        case json
    }

    private static let start = SystemClock().monotonicNow
    private static let instance = hostName()

    /// Lines below it are not written.
    public var logLevel: Logger.Level
    /// Fields of every line.
    public var metadata: Logger.Metadata
    private let format: Format
    private let queue: LineQueue

    /// A handler for `label`, which becomes the field `scope` of every line whose logger has no other.
    public init(
        label: String, level: Logger.Level = .info, format: Format = .text, queue: LineQueue = .standardError
    ) {
        logLevel = level
        self.format = format
        self.queue = queue
        metadata = ["scope": .string(label), "instance": .string(Self.instance), "type": "log"]
        _ = Self.start
    }

    /// A field of every line.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes one line.
    public func log(event: LogEvent) {
        var fields = metadata
        if let more = event.metadata { fields.merge(more) { _, new in new } }
        if let error = event.error { fields["error"] = "\(error)" }
        let line = shape(event.level, "\(event.message)", fields)
        queue.write(line) { shape(.warning, LineQueue.notice(dropped: $0), metadata) }
    }

    private func shape(_ level: Logger.Level, _ message: String, _ fields: Logger.Metadata) -> String {
        let clock = SystemClock()
        let line = LogLine(
            at: clock.wallNow,
            secondsSinceStart: (clock.monotonicNow.milliseconds - Self.start.milliseconds) / 1000,
            level: level, message: message, fields: fields.mapValues { "\($0)" })
        return switch format {
        case .text: queue.isTerminal ? line.terminal : line.text
        case .json: line.json
        }
    }

    /// The machine, as Dapr's field `instance` has it.
    private static func hostName() -> String {
        var name = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
