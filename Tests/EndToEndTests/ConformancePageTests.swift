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
            let names = Self.quoted(in: page)
            #expect(names.count > 50)
            for name in names.sorted() {
                #expect(tests.contains("\"\(name)\""), "no test is called: \(name)")
            }
        }

        /// What stands in quotes in the last column of its tables.
        private static func quoted(in page: String) -> Set<String> {
            var names: Set<String> = []
            for line in page.split(separator: "\n") where line.hasPrefix("| ") {
                let cells = line.split(separator: "|", omittingEmptySubsequences: false)
                let words =
                    cells.dropLast().last?.split(separator: "\"", omittingEmptySubsequences: false) ?? []
                for (index, word) in words.enumerated() where index % 2 == 1 { names.insert(String(word)) }
            }
            return names
        }
    }
}
