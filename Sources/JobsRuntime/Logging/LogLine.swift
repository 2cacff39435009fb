package import Logging
package import Reactor

/// One log line in the three shapes that Dapr's logs have (contract, section 8.3).
package struct LogLine {
    private static let messageWidth = 44

    private let time: String
    private let seconds: UInt64
    private let level: Logger.Level
    private let message: String
    /// In the order of their names.
    private let fields: [(key: String, value: String)]

    /// A line that was written at `time`, so many seconds after the start of the process.
    package init(
        at time: WallTime, secondsSinceStart seconds: UInt64, level: Logger.Level, message: String,
        fields: [String: String]
    ) {
        self.time = RFC3339.text(time)
        self.seconds = seconds
        self.level = level
        // A line is one line.
        self.message = message.last?.isNewline == true ? String(message.dropLast()) : message
        self.fields = fields.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) }
    }

    /// For a terminal: `ERRO[0568] message   app_id=… scope=…`.
    ///
    /// Without colours, so that what is copied from it is text, and without the control characters that a name from the
    /// network could bring to somebody's terminal.
    package var terminal: String {
        let level = Self.name(level).prefix(4).uppercased()
        let digits = String(seconds)
        let padding = String(repeating: "0", count: max(0, 4 - digits.utf8.count))
        let shown = GoQuote.withoutControls(Array(message.utf8))
        let width = shown.unicodeScalars.count
        var line = "\(level)[\(padding)\(digits)] \(shown)"
        line += String(repeating: " ", count: max(0, Self.messageWidth - width) + 1)
        append(to: &line)
        return line
    }

    /// For everything else: `time="…" level=error msg="…" app_id=…`.
    package var text: String {
        var line = "time=\(Self.shown(time)) level=\(Self.name(level)) msg=\(Self.shown(message))"
        append(to: &line)
        return line
    }

    /// One JSON object with the same keys.
    package var json: String {
        var entries: [(key: String, value: String)] = fields
        entries += [("level", Self.name(level)), ("msg", message), ("time", time)]
        entries.sort { $0.key < $1.key }
        var line: [UInt8] = []
        for (key, value) in entries {
            line.append(UInt8(ascii: line.isEmpty ? "{" : ","))
            JSONString.append(key, style: .go, to: &line)
            line.append(UInt8(ascii: ":"))
            JSONString.append(value, style: .go, to: &line)
        }
        line.append(UInt8(ascii: "}"))
        return String(decoding: line, as: UTF8.self)
    }

    private func append(to line: inout String) {
        for (key, value) in fields { line += " \(key)=\(Self.shown(value))" }
    }

    /// A value as logrus shows it: in quotes where it holds anything but these.
    private static func shown(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-._/@^+".utf8.contains($0)
            }
        }
        return isPlain ? text : GoQuote.quoted(Array(text.utf8))
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
