/// Prometheus's text format 0.0.4: how names, labels, numbers and lines are written.
struct PrometheusText {
    /// What was written so far.
    private(set) var bytes: [UInt8] = []

    /// The two lines above a metric's samples.
    mutating func head(_ name: String, _ kind: String, _ help: String) {
        if !help.isEmpty { line("# HELP \(name) \(Self.escaped(help, quotes: false))") }
        line("# TYPE \(name) \(kind)")
    }

    /// A sample; `labels` as `labels(_:of:)` has written them.
    mutating func sample(_ name: String, _ labels: String, _ value: String) {
        line(labels.isEmpty ? "\(name) \(value)" : "\(name){\(labels)} \(value)")
    }

    private mutating func line(_ text: String) {
        bytes.append(contentsOf: text.utf8)
        bytes.append(UInt8(ascii: "\n"))
    }

    // MARK: The parts of a line

    /// A label of swift-metrics as a name: other characters than letters, digits, `_` and `:` become `_`.
    static func name(_ label: String) -> String { identifier(label, allowsColon: true) }

    /// Labels in the order of their names, so that the same ones are always the same text.
    ///
    /// `le` is a histogram's own, and of two of a name the first stays: Prometheus refuses a page that has one twice.
    static func labels(_ dimensions: [(String, String)], of kind: PrometheusFamily.Kind) -> String {
        var values: [String: String] = [:]
        for (label, value) in dimensions {
            var name = identifier(label, allowsColon: false)
            if name == "le", kind == .histogram { name = "exported_le" }
            if values[name] == nil { values[name] = value }
        }
        let parts = values.sorted { $0.key < $1.key }.map { "\($0)=\"\(escaped($1, quotes: true))\"" }
        return parts.joined(separator: ",")
    }

    /// A number as Go reads it.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if value == value.rounded(), abs(value) < 1e15 { return "\(Int64(value))" }
        return "\(value)"
    }

    /// Text with backslashes and line ends escaped, and quotes where it stands between some.
    static func escaped(_ text: String, quotes: Bool) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): bytes += #"\\"#.utf8
            case UInt8(ascii: "\n"): bytes += #"\n"#.utf8
            case UInt8(ascii: "\"") where quotes: bytes += #"\""#.utf8
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func identifier(_ text: String, allowsColon: Bool) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "_"):
                bytes.append(byte)
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                // A name may not begin with a digit.
                if bytes.isEmpty { bytes.append(UInt8(ascii: "_")) }
                bytes.append(byte)
            case UInt8(ascii: ":") where allowsColon: bytes.append(byte)
            default: bytes.append(UInt8(ascii: "_"))
            }
        }
        return bytes.isEmpty ? "_" : String(decoding: bytes, as: UTF8.self)
    }
}
