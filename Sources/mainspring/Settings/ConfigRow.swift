internal import JobsRuntime
internal import Settings

/// A line of `mainspring config`.
struct ConfigRow {
    let setting: String
    /// None for a setting that nobody gave and that has no default.
    let values: [String]
    let source: SettingsInForce.Source
    var isList = false

    /// A table for a person.
    static func table(_ rows: [ConfigRow]) -> String {
        let cells =
            [["setting", "value", "from"]]
            + rows.map { [$0.setting, $0.text, $0.from ?? "default"] }
        let widths = (0..<2).map { column in cells.map { $0[column].count }.max() ?? 0 }
        return cells.map { row in
            zip(row, widths).map { $0.padded(to: $1) + "  " }.joined() + row[2]
        }.joined(separator: "\n")
    }

    /// A JSON array of objects, one a line.
    static func json(_ rows: [ConfigRow]) -> String {
        let objects = rows.map { row in
            let values = row.values.map(JSONText.quote)
            let value = row.isList ? "[\(values.joined(separator: ","))]" : values.first ?? "null"
            return "{\"setting\":\(JSONText.quote(row.setting)),\"value\":\(value),"
                + "\"source\":\"\(row.kind)\",\"from\":\(row.from.map(JSONText.quote) ?? "null")}"
        }
        return "[\n" + objects.joined(separator: ",\n") + "\n]"
    }

    private var text: String {
        values.isEmpty ? "none" : TerminalText.visible(values.joined(separator: ", "))
    }

    /// The flag, the variable, or the file and its line.
    private var from: String? {
        switch source {
        case .flag(let flag): flag
        case .environment(let variable): variable
        case .file(let path, let line): "\(path):\(line)"
        case .standard: nil
        }
    }

    private var kind: String {
        switch source {
        case .flag: "flag"
        case .environment: "environment"
        case .file: "file"
        case .standard: "default"
        }
    }
}

extension String {
    /// With blanks behind it, so that a column of such lines up.
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

/// Text in the documents that commands print for scripts.
enum JSONText {
    /// A string with its quotes.
    static func quote(_ text: String) -> String {
        var bytes: [UInt8] = []
        JSONString.append(text, style: .protobuf, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
