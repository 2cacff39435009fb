package import Reactor

extension TickPreview {
    /// A table for a person: a heading, a line for each tick, and a last one where none follows.
    package var table: String {
        let cells =
            [["#", zone, "UTC", "when", ""]]
            + rows.map { row in
                [
                    "\(row.number)",
                    Self.weekday(row) + " " + row.local.replacing("T", with: " ", maxReplacements: 1),
                    RFC3339.text(row.planned).replacing("T", with: " ", maxReplacements: 1),
                    Self.distance(from: start, to: row.planned), row.note ?? "",
                ]
            }
        let widths = (0..<5).map { column in cells.map { $0[column].count }.max() ?? 0 }
        var lines = cells.map { Self.line($0, widths) }
        if isComplete { lines.append("No further tick follows.") }
        return lines.joined(separator: "\n")
    }

    /// A JSON array of objects, one a line; what is written needs no escapes.
    package var json: String {
        "[\n" + rows.map(Self.object).joined(separator: ",\n") + "\n]"
    }

    /// The same as an object, as the API answers: with the zone, and whether a tick follows the last.
    package var document: String {
        "{\"zone\":\"\(zone)\",\"ticks\":[" + rows.map(Self.object).joined(separator: ",")
            + "],\"complete\":\(isComplete)}"
    }

    private static func object(_ row: Row) -> String {
        let note = row.note.map { "\"\($0)\"" } ?? "null"
        return "{\"planned\":\"\(RFC3339.text(row.planned))\",\"local\":\"\(row.local)\","
            + "\"offsetSeconds\":\(row.offset),\"note\":\(note),\"number\":\(row.number)}"
    }

    /// How long after `start` an instant is, in its two greatest units, rounded down.
    package static func distance(from start: WallTime, to instant: WallTime) -> String {
        let (early, late) = (min(start, instant), max(start, instant))
        var seconds = late.seconds - early.seconds
        var nanoseconds = Int64(late.nanoseconds) - Int64(early.nanoseconds)
        if nanoseconds < 0 { (seconds, nanoseconds) = (seconds - 1, nanoseconds + 1_000_000_000) }
        let size = words(seconds, tenths: nanoseconds / 100_000_000)
        if late == early { return "now" }
        return instant > start ? "in \(size)" : "\(size) ago"
    }

    /// So many whole seconds in their two greatest units.
    package static func size(ofSeconds seconds: Int64) -> String { words(max(0, seconds), tenths: 0) }

    private static func words(_ seconds: Int64, tenths: Int64) -> String {
        switch seconds {
        case ..<60: return tenths > 0 || seconds == 0 ? "\(seconds).\(tenths) s" : "\(seconds) s"
        case ..<3600: return pair(seconds / 60, "min", seconds % 60, "s")
        case ..<86_400: return pair(seconds / 3600, "h", seconds / 60 % 60, "min")
        default: return pair(seconds / 86_400, "d", seconds / 3600 % 24, "h")
        }
    }

    private static func pair(_ first: Int64, _ unit: String, _ second: Int64, _ smaller: String) -> String {
        second > 0 ? "\(first) \(unit) \(second) \(smaller)" : "\(first) \(unit)"
    }

    private static func weekday(_ row: Row) -> String {
        let day = CivilDate.split(seconds: row.planned.seconds + row.offset).day
        return ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][CivilDate.weekday(ofDay: day)]
    }

    /// The cells side by side: the number to the right, all else to the left, no blanks at the end.
    private static func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = String(repeating: " ", count: widths[0] - cells[0].count) + cells[0]
        for (cell, width) in zip(cells, widths).dropFirst() {
            line += "  " + cell + String(repeating: " ", count: width - cell.count)
        }
        while line.utf8.last == UInt8(ascii: " ") { line.removeLast() }
        return line
    }
}

extension TickPreview.Row {
    /// What the zone's clocks show, in RFC 3339.
    ///
    /// It has no seconds in an offset, such as zones had before 1900: they are cut off, and `offset` has them.
    package var local: String {
        let wall = WallTime(seconds: planned.seconds + offset, nanoseconds: planned.nanoseconds)
        let minutes = offset.magnitude / 60
        let (hour, minute) = (minutes / 60, minutes % 60)
        let sign = offset < 0 ? "-" : "+"
        return RFC3339.text(wall).dropLast()
            + "\(sign)\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
    }
}
