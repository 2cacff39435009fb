internal import Glibc

/// Text from elsewhere, made safe to show: what could move the cursor, turn the line around or hide is written as an escape.
enum TerminalText {
    /// A text with `\u{202E}` and the like in place of what is not to be seen.
    static func visible(_ text: String) -> String {
        var shown = ""
        for scalar in text.unicodeScalars {
            if isHidden(scalar) {
                shown += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            } else {
                shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }

    /// The same for a text of several lines.
    static func visible(lines text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { visible(String($0)) }
            .joined(separator: "\n")
    }

    /// A JSON text with JSON's escapes in place of such characters, which it may hold within strings alone.
    static func visible(json bytes: [UInt8]) -> String {
        var shown = ""
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            if isHidden(scalar), scalar != "\n", scalar != "\r", scalar != "\t" {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    shown += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
                }
            } else {
                shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
            true
        default: false
        }
    }
}

/// Colours, where a person looks on who has not asked for none.
struct Colours: Sendable {
    enum Colour: String, Sendable { case red = "31", green = "32", yellow = "33" }

    let areShown: Bool

    /// Those of standard output.
    static var standardOutput: Colours {
        Colours(
            areShown: isatty(STDOUT_FILENO) == 1 && Environment.value(of: "NO_COLOR") == nil
                && Environment.value(of: "TERM") != "dumb")
    }

    func paint(_ text: String, _ colour: Colour?) -> String {
        guard areShown, let colour else { return text }
        return "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m"
    }
}

/// Lines on standard output, written by whoever has them and at once; a reader that has gone ends the process quietly.
enum OutputLines {
    static func write(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        var start = 0
        while start < bytes.count {
            let written = unsafe bytes.withUnsafeBytes { buffer in
                guard let base = buffer.baseAddress else { return 0 }
                return unsafe Glibc.write(STDOUT_FILENO, base + start, bytes.count - start)
            }
            if written > 0 {
                start += written
            } else if errno == EAGAIN {
                var wanted = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
                unsafe poll(&wanted, 1, -1)
            } else if errno != EINTR {
                // As after `| head`: whoever read has what he wanted.
                if errno == EPIPE { exit(0) }
                unsafe perror("mainspring: standard output cannot be written")
                exit(1)
            }
        }
    }
}

/// Cells side by side, each column as wide as its widest cell.
struct TextTable {
    private var widths: [Int]

    init(_ headings: [String]) { widths = headings.map(\.count) }

    /// Makes room for a row.
    mutating func fit(_ row: [String]) {
        for (column, cell) in row.enumerated() { widths[column] = max(widths[column], cell.count) }
    }

    /// A row as a line, without blanks at its end.
    func line(_ row: [String]) -> String {
        var line = ""
        for (column, cell) in row.enumerated() {
            line += cell
            if row[(column + 1)...].allSatisfy(\.isEmpty) { break }
            line += String(repeating: " ", count: max(0, widths[column] - cell.count) + 2)
        }
        return line
    }
}
