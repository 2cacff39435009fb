internal import Glibc
import JobsRuntime
import Testing

@Suite("docs/metrics.md and the catalogue are one")
struct MetricDocumentTests {
    @Test("every metric has its row, with its type and its labels, and there is no other")
    func rows() throws {
        let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        let text = try #require(Self.read("/\(root)/docs/metrics.md"))
        var rows: [String: [String]] = [:]
        for line in text.split(separator: "\n")
        where line.hasPrefix("| `") {
            let cells = line.split(separator: "|").map { $0.trimmed }
            guard ["counter", "gauge", "histogram"].contains(cells[1]) else { continue }
            rows[cells[0].filter { $0 != "`" }] = cells
        }
        for metric in MetricCatalogue.all {
            let found = rows.removeValue(forKey: metric.name)
            let row = try #require(found, "\(metric.name) has no row")
            let kind =
                switch metric.kind {
                case .counter: "counter"
                case .gauge: "gauge"
                case .histogram: "histogram"
                }
            #expect(row[1] == kind, "\(metric.name)")
            #expect(row[2].filter { $0 != "`" } == metric.labels.joined(separator: ", "), "\(metric.name)")
        }
        // The exporter's own.
        #expect(Array(rows.keys) == ["mainspring_metrics_refused_total"])
    }

    private static func read(_ path: String) -> String? {
        guard let file = unsafe fopen(path, "r") else { return nil }
        defer { unsafe fclose(file) }
        var bytes: [UInt8] = []
        while case let byte = unsafe fgetc(file), byte != EOF { bytes.append(UInt8(byte)) }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Substring {
    fileprivate var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
