public import Logging
public import Reactor

/// Writes log lines in the shape that Dapr's have, without ever keeping the event loop waiting.
///
/// Contract 8.3: `time="…" level=error msg="…"` and then the fields in order of their names; or one JSON object a line
/// with the same keys. Lines go through a bounded queue with a thread of its own; what does not fit is dropped and counted.
public struct QueueLogHandler: LogHandler {
    /// How a line is written.
    public enum Format: String, Sendable, CaseIterable {
        /// Keys and values.
        case text
        /// One JSON object.
        case json
    }

    /// Lines below it are not written.
    public var logLevel: Logger.Level
    /// Fields of every line.
    public var metadata: Logger.Metadata
    private let format: Format
    private let queue: LineQueue
    private let scope: String

    /// A handler for `label`, which becomes the field `scope`.
    public init(
        label: String, level: Logger.Level = .info, format: Format = .text, queue: LineQueue = .standardError
    ) {
        scope = label
        logLevel = level
        self.format = format
        self.queue = queue
        metadata = [:]
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
        fields["scope"] = .string(scope)
        fields["type"] = "log"
        let time = RFC3339.text(SystemClock().wallNow)
        let level = Self.name(event.level)
        switch format {
        case .text: queue.write(textLine(time, level, "\(event.message)", fields))
        case .json: queue.write(jsonLine(time, level, "\(event.message)", fields))
        }
    }

    private func textLine(_ time: String, _ level: String, _ message: String, _ fields: Logger.Metadata)
        -> String
    {
        var line = "time=\"\(time)\" level=\(level) msg=\(GoQuote.quoted(Array(message.utf8)))"
        for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
            let text = "\(value)"
            line += " \(key)=\(Self.isPlain(text) ? text : GoQuote.quoted(Array(text.utf8)))"
        }
        return line
    }

    private func jsonLine(_ time: String, _ level: String, _ message: String, _ fields: Logger.Metadata)
        -> String
    {
        var entries = fields.mapValues { "\($0)" }
        entries["level"] = level
        entries["msg"] = message
        entries["time"] = time
        var line: [UInt8] = []
        for (key, value) in entries.sorted(by: { $0.key < $1.key }) {
            line.append(UInt8(ascii: line.isEmpty ? "{" : ","))
            JSONString.append(key, style: .go, to: &line)
            line.append(UInt8(ascii: ":"))
            JSONString.append(value, style: .go, to: &line)
        }
        line.append(UInt8(ascii: "}"))
        return String(decoding: line, as: UTF8.self)
    }

    /// Whether logrus leaves a value without quotes.
    private static func isPlain(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "-._/@^+".utf8.contains($0)
                }
            }
    }

    private static func name(_ level: Logger.Level) -> String {
        switch level {
        case .trace, .debug: "debug"
        case .info, .notice: "info"
        case .warning: "warning"
        case .error: "error"
        case .critical: "fatal"
        }
    }
}
