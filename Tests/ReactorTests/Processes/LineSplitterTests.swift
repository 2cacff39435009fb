import Reactor
import Testing

@Suite("Line splitter")
struct LineSplitterTests {
    /// The lines of what comes in pieces of so many bytes.
    private func lines(of bytes: [UInt8], inPiecesOf size: Int) -> [[UInt8]] {
        var splitter = LineSplitter()
        var lines: [[UInt8]] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            let piece = Array(bytes[start..<min(start + size, bytes.count)])
            unsafe splitter.take(piece.span.bytes) { lines.append($0) }
        }
        splitter.finish { lines.append($0) }
        return lines
    }

    @Test("lines end with LF or CR LF, in whatever pieces they come", arguments: [1, 2, 3, 1000])
    func ends(size: Int) {
        let text = "one\ntwo\r\n\nfour\r\n\r\nprogress 1%\rprogress 2%\r\r\nlast\r"
        #expect(
            lines(of: Array(text.utf8), inPiecesOf: size).map { String(decoding: $0, as: UTF8.self) } == [
                "one", "two", "", "four", "", "progress 1%\rprogress 2%\r", "last\r",
            ])
    }

    @Test("a last line without an end is not lost, and nothing is no line")
    func lastLine() {
        #expect(lines(of: Array("a".utf8), inPiecesOf: 1) == [Array("a".utf8)])
        #expect(lines(of: [], inPiecesOf: 1) == [])
        #expect(lines(of: Array("a\n".utf8), inPiecesOf: 1) == [Array("a".utf8)])
    }

    @Test("a line of 64 KiB is one line, one byte more begins the next", arguments: ["\n", "\r\n", ""])
    func longLines(end: String) {
        let limit = LineSplitter.maximumBytes
        for extra in 0...1 {
            let line = [UInt8](repeating: UInt8(ascii: "x"), count: limit + extra)
            let found = lines(of: line + Array(end.utf8), inPiecesOf: 10_007)
            #expect(found.map(\.count) == (extra == 0 ? [limit] : [limit, 1]))
        }
    }

    @Test("a cut splits no character, and invalid bytes stay what they are")
    func cuts() {
        let limit = LineSplitter.maximumBytes
        let filler = [UInt8](repeating: UInt8(ascii: "x"), count: limit - 2)
        let found = lines(of: filler + Array("🤖\n".utf8), inPiecesOf: limit)
        #expect(found == [filler, Array("🤖".utf8)])

        let invalid = [UInt8](repeating: 0x80, count: limit + 10)
        #expect(lines(of: invalid, inPiecesOf: 999).flatMap { $0 } == invalid)
        #expect(lines(of: [0xFF, 0x0A, 0xC3, 0x0A], inPiecesOf: 1) == [[0xFF], [0xC3]])
    }
}
