import JobsRuntime
import Reactor
import TestKit
import Testing

extension EndToEnd {
    /// `docs/architecture.md` names every limit, and the files of its walks.
    @Suite("the page of how it is built")
    struct ArchitecturePageTests {
        private static func page() throws -> String {
            try TemporaryFolder.read(Products.projectFolder() + "/docs/architecture.md")
        }

        @Test("every limit that can be set has its place in the table")
        func limits() throws {
            let rows = try Self.page().split(separator: "\n").filter { $0.hasPrefix("| ") }
            for limits in [Mirror(reflecting: JobLimits()), Mirror(reflecting: Limits())] {
                #expect(limits.children.count > 10)
                for name in limits.children.compactMap(\.label) {
                    #expect(rows.contains { $0.contains("`\(name)`") }, "\(name) is missing")
                }
            }
        }

        @Test("every file of the walks is there")
        func walks() throws {
            let files = try FileTree.files(below: Products.projectFolder() + "/Sources")
            let names = Set(files.compactMap { $0.split(separator: "/").last.map(String.init) })
            // What stands in code marks, with arrows from file to file.
            let walks = try Self.page().split(separator: "`").filter { $0.contains("\u{2192}") }
            let words = walks.flatMap { $0.split { !($0.isLetter || $0.isNumber) } }.filter {
                $0.first?.isUppercase == true
            }
            #expect(words.count > 30)
            for word in words { #expect(names.contains(word + ".swift"), "\(word).swift") }
        }
    }
}
