import Settings
import Testing

@Suite("the nearest name")
struct NearestTests {
    @Test(
        "edits are letters put in, taken out, replaced, or swapped with a neighbour",
        arguments: [
            ("", "abc", 3), ("abc", "abc", 0), ("port", "prot", 1), ("port", "ports", 1), ("port", "pot", 1),
            ("port", "part", 1), ("kitten", "sitting", 3),
        ])
    func edits(word: String, other: String, count: Int) {
        #expect(Nearest.edits(from: word, to: other) == count)
        #expect(Nearest.edits(from: other, to: word) == count)
    }

    @Test("a word that is near nothing gets no name")
    func far() {
        let names = ["http-port", "app-port"]
        #expect(Nearest.name(to: "htp-port", among: names) == "http-port")
        #expect(Nearest.name(to: "coffee", among: names) == nil)
    }
}
