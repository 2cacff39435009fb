import JobsRuntime
import Reactor
import TestKit
import Testing

/// The table in `docs/time.md`, row by row: what is written there holds.
@Suite("time: the written law")
struct LawTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let spec: String
        let after: String
        let next: String

        var testDescription: String { "\(spec) after \(after)" }
    }

    @Test("each row of docs/time.md", arguments: rows)
    func row(_ row: Row) throws {
        let after = try #require(RFC3339.instant(row.after))
        let expected = try #require(RFC3339.instant(row.next))
        let found = try #require(try Schedule(row.spec).next(after: after))
        #expect(found == expected, "\(RFC3339.text(found))")
    }

    @Test("the page has a table")
    func count() { #expect(Self.rows.count >= 20) }

    /// Rows of three cells and a remark, the first cell being code.
    private static let rows: [Row] = {
        // Without the page there are no rows, which `count` reports.
        guard let page = try? TestKit.TemporaryFolder.read(Products.projectFolder() + "/docs/time.md") else {
            return []
        }
        return page.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|").map { $0.drop { $0 == " " } }
            guard line.hasPrefix("| `"), cells.count == 4 else { return nil }
            return Row(
                spec: String(cells[0].dropFirst().prefix { $0 != "`" }),
                after: String(cells[1].prefix { $0 != " " }),
                next: String(cells[2].prefix { $0 != " " }))
        }
    }()
}
