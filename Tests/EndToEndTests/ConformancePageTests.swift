import TestKit
import Testing

extension EndToEnd {
    /// `docs/conformance.md` promises a test for each rule.
    @Suite("the page of what there is")
    struct ConformancePageTests {
        @Test("each test that the page names is there")
        func names() throws {
            let project = try Products.projectFolder()
            let page = try TemporaryFolder.read(project + "/docs/conformance.md")
            let tests = try FileTree.files(below: project + "/Tests").filter { $0.hasSuffix(".swift") }
                .map { try TemporaryFolder.read($0) }.joined(separator: "\n")
            let names = Self.names(in: page)
            #expect(names.count > 50)
            for name in names.sorted() {
                #expect(tests.contains("\"\(name)\""), "no test is called: \(name)")
            }
        }

        @Test("each rule that the page calls matched or improved names a test, in tables of one shape")
        func rules() throws {
            let page = try TemporaryFolder.read(Products.projectFolder() + "/docs/conformance.md")
            let rules = Self.rows(of: page).filter { $0.count == 3 && $0[0] != "rule" }
            #expect(rules.count > 150)
            for rule in rules {
                let isKept = rule[1].hasPrefix("matched") || rule[1].hasPrefix("improved")
                let isLeftOut = ["not yet", "nothing here"].contains { rule[1].hasPrefix($0) }
                #expect(isKept || isLeftOut, "no word of the page's: \(rule[1])")
                #expect(!isKept || !Self.quoted(rule[2]).isEmpty, "no test for: \(rule[0])")
            }
            let headers = page.split(separator: "\n").filter { $0.hasPrefix("| rule") }
            #expect(headers.allSatisfy { $0 == "| rule | | test |" })
        }

        /// What stands in quotes in the last column of its tables.
        private static func names(in page: String) -> Set<String> {
            Set(rows(of: page).compactMap(\.last).flatMap { quoted($0) })
        }

        private static func quoted(_ cell: String) -> [String] {
            cell.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
                .filter { $0.offset % 2 == 1 }.map { String($0.element) }
        }

        /// The cells of each row, without the blanks around them; a bar that is escaped divides nothing.
        private static func rows(of page: String) -> [[String]] {
            page.split(separator: "\n").filter { $0.hasPrefix("| ") && !$0.hasPrefix("| ---") }.map { line in
                line.replacing("\\|", with: "\u{0}").split(separator: "|", omittingEmptySubsequences: false)
                    .dropFirst().dropLast().map { cell in
                        let cell = cell.drop { $0 == " " }
                        return String(cell.reversed().drop { $0 == " " }.reversed())
                            .replacing("\u{0}", with: "|")
                    }
            }
        }
    }
}
