import Testing
import YAML

@Suite("YAML documents")
struct YAMLDocumentTests {
    private static func read(_ text: String) throws -> YAMLNode? { try YAMLDocument.read(Array(text.utf8)) }

    private static func entries(_ text: String) throws -> [YAMLNode.Entry] {
        guard let root = try read(text), case .mapping(let entries) = root.content else { return [] }
        return entries
    }

    @Test("keys and values come in the order of the text, with their lines")
    func order() throws {
        let entries = try Self.entries("# a comment\nb: 1\n\na: \"x\"\nlist:\n  - one\n  - two\n")
        #expect(entries.map(\.key) == ["b", "a", "list"])
        #expect(entries.map(\.line) == [2, 4, 5])
        #expect(entries.prefix(2).map(\.value.text) == ["1", "x"])
        guard case .sequence(let items) = entries[2].value.content else {
            Issue.record("no list")
            return
        }
        #expect(items.map(\.text) == ["one", "two"])
        #expect(items.map(\.line) == [6, 7])
    }

    @Test("an anchor stands for its value wherever it is referred to")
    func anchors() throws {
        let entries = try Self.entries("a: &x one\nb: *x\n")
        #expect(entries.map(\.value.text) == ["one", "one"])
    }

    @Test(
        "no value is told from an empty one",
        arguments: [("a:", nil), ("a: ~", nil), ("a: null", nil), ("a: ''", ""), ("a: 'null'", "null")]
            as [(String, String?)])
    func nothing(text: String, value: String?) throws {
        let entry = try #require(try Self.entries(text).first)
        #expect(entry.value.text == value)
        #expect(entry.value.kind == (value == nil ? "nothing" : "a value"))
    }

    @Test("a text without a document is none", arguments: ["", "# only a comment\n"])
    func empty(text: String) throws { #expect(try Self.read(text) == nil) }

    @Test(
        "what is no document is refused, and the line is named",
        arguments: [
            ("a: 1\nb: [1, 2\nc: 3\n", 3, "while parsing a flow sequence"),
            ("a: 1\n\tb: 2\n", 2, "found a tab character"),
            ("a: 1\nb: 2\na: 3\n", 3, "the key a stands here again, after line 1"),
            ("a: 1\n---\nb: 2\n", 3, "a second document"),
            ("a: 1\n? [x]\n: 2\n", 2, "a list stands where a key must"),
            ("a: *x\n", 1, "undefined alias"),
            ("a: 1\nb: \u{1}\n", 2, "control characters are not allowed"),
        ] as [(String, Int, String)])
    func broken(text: String, line: Int, reason: String) throws {
        let error = #expect(throws: YAMLError.self) { try Self.read(text) }
        #expect(error?.line == line, "\(error.map(String.init(describing:)) ?? "")")
        #expect(error?.reason.contains(reason) ?? false, "\(error.map(String.init(describing:)) ?? "")")
    }

    @Test("bytes that are no UTF-8 are refused")
    func notUTF8() {
        let error = #expect(throws: YAMLError.self) {
            try YAMLDocument.read(Array("a: 1\nb: ".utf8) + [0xFF])
        }
        #expect(error?.line == 2)
    }

    @Test("a document is at most maximumBytes long, deepestNesting deep and maximumNodes wide")
    func limits() throws {
        let long = "a: " + String(repeating: "x", count: YAMLDocument.maximumBytes - 3)
        #expect(try Self.read(long) != nil)
        #expect(throws: YAMLError.self) { try Self.read(long + "x") }
        let depth = YAMLDocument.deepestNesting
        let deep = { (count: Int) in
            String(repeating: "[", count: count) + "x" + String(repeating: "]", count: count)
        }
        #expect(try Self.read(deep(depth)) != nil)
        #expect(throws: YAMLError.self) { try Self.read(deep(depth + 1)) }
        // Ten times ten times ten …: a kilobyte that stands for a hundred million values.
        var bomb = "a0: &a0 x\n"
        for level in 1...8 {
            let items = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            bomb += "a\(level): &a\(level) [\(items)]\n"
        }
        let error = #expect(throws: YAMLError.self) { try Self.read(bomb) }
        #expect(error?.reason.contains("\(YAMLDocument.maximumNodes)") ?? false)
    }
}
