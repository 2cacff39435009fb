import Reactor
import Testing

@Suite struct ByteBufferTests {
    private func text(_ buffer: ByteBuffer) -> String { unsafe String(decoding: buffer.bytes, as: UTF8.self) }

    @Test("what is added is there, and what is dropped is not")
    func editing() {
        let buffer = ByteBuffer()
        buffer.append("hello ")
        buffer.append([UInt8]("world".utf8))
        buffer.append(UInt8(ascii: "!"))
        buffer.removeFirst(6)
        #expect(text(buffer) == "world!")
        buffer.truncate(to: 5)
        #expect(text(buffer) == "world")
        buffer.removeFirst(5)
        #expect(buffer.isEmpty)
    }

    @Test("numbers are written in decimal", arguments: [0, 7, 10, 99, 100, 1_234_567_890, -5, .max, .min])
    func decimals(_ number: Int) {
        let buffer = ByteBuffer()
        buffer.append(decimal: number)
        #expect(text(buffer) == "\(number)")
    }

    @Test("it grows past its first size and keeps what it holds")
    func growth() {
        let buffer = ByteBuffer()
        for index in 0..<100_000 { buffer.append(UInt8(truncatingIfNeeded: index)) }
        #expect(buffer.count == 100_000)
        let isWhole = (0..<100_000).allSatisfy { unsafe buffer.bytes[$0] == UInt8(truncatingIfNeeded: $0) }
        #expect(isWhole)
    }

    @Test("a write queue keeps its order through writes under way")
    func queue() {
        var queue = WriteQueue()
        func add(_ text: String) { unsafe Array(text.utf8).withUnsafeBytes { unsafe queue.append($0) } }
        func next() -> String? { unsafe queue.next().map { unsafe String(decoding: $0, as: UTF8.self) } }
        #expect(next() == nil)
        add("a")
        #expect(next() == "a")
        add("b")
        add("c")
        #expect(next() == nil)
        #expect(queue.count == 3)
        queue.finished()
        #expect(next() == "bc")
        queue.finished()
        #expect(queue.isEmpty)
    }
}
