internal import Glibc
internal import Reactor
import Testing

@Suite("Line queue")
struct LineQueueTests {
    @Test("lines arrive whole and in order")
    func order() throws {
        let pipe = try Pipe()
        let queue = LineQueue(descriptor: pipe.writing)
        for number in 0..<1000 { queue.write("line \(number)") }
        queue.flush()
        pipe.closeWriting()
        #expect(pipe.readLines() == (0..<1000).map { "line \($0)" })
    }

    @Test(
        "a pipe that nobody reads makes it drop lines, and say how many once there is room",
        arguments: [false, true])
    func dropping(isNonBlocking: Bool) throws {
        let pipe = try Pipe()
        if isNonBlocking { _ = fcntl(pipe.writing, F_SETFL, O_NONBLOCK) }
        let queue = LineQueue(descriptor: pipe.writing)
        let text = String(repeating: "x", count: 999)
        let total = 5000
        for _ in 0..<total { queue.write(text) }
        let read = Guarded<[String]>([])
        let reader = LoopThread(named: "reader") { read.withLock { $0 = pipe.readLines() } }
        queue.flush()
        queue.write("after it")
        queue.flush()
        pipe.closeWriting()
        reader.join()

        let lines = read.withLock { $0 }
        let kept = lines.count { $0 == text }
        // The writer may come late and make room in the middle, so there may be more than one such line.
        let dropped = lines.compactMap { line -> Int? in
            guard line.hasPrefix("("), line.hasSuffix(" lines dropped: the reader was too slow)") else {
                return nil
            }
            return Int(line.dropFirst().prefix { $0 != " " })
        }
        #expect(dropped.reduce(0, +) == total - kept)
        #expect(lines.count == kept + dropped.count + 1)
        #expect(lines.last == "after it")
        // One pipe's worth, one queue's worth in the writer's hands and one that waits.
        let held = 2 * LineQueue.maximumBytes + (1 << 20)
        #expect(kept > 1000 && kept * 1000 <= held)
    }

    @Test("lines that cannot be written are told of, and the queue goes on")
    func failure() throws {
        let full = unsafe open("/dev/full", O_WRONLY | O_CLOEXEC)
        defer { close(full) }
        let failures = Guarded<[Int32]>([])
        let queue = LineQueue(descriptor: full) { number in failures.withLock { $0.append(number) } }
        for line in ["first", "second"] {
            queue.append(Array(line.utf8))
            queue.flush()
        }
        #expect(failures.withLock { $0 } == [ENOSPC, ENOSPC])
    }

    @Test("a flush gives up on a reader that stands still")
    func stuckReader() throws {
        let pipe = try Pipe()
        let queue = LineQueue(descriptor: pipe.writing)
        let text = String(repeating: "x", count: 999)
        for _ in 0..<500 { queue.write(text) }
        queue.flush()
        // It came back. The reader goes on, and so does the writer's thread.
        let reader = LoopThread(named: "reader") { _ = pipe.readLines() }
        queue.flush()
        pipe.closeWriting()
        reader.join()
    }

    @Test("a flush goes on for a reader that is slow, as long as it takes some")
    func steadyReader() throws {
        let pipe = try Pipe()
        let queue = LineQueue(descriptor: pipe.writing)
        let text = String(repeating: "x", count: 999)
        for _ in 0..<500 { queue.write(text) }
        var taken = 0
        // Each time that the flush has waited for long enough, a little more has been taken.
        queue.flush { lock in
            if pipe.waiting > 0 { taken += pipe.read(2 * LineQueue.pieceBytes) }
            _ = lock.wait(seconds: LineQueue.flushSeconds)
            return false
        }
        #expect(taken + pipe.waiting == 500_000)
        #expect(queue.writtenBytes == 500_000)
        pipe.closeWriting()
        pipe.closeReading()
    }

    @Test("whoever wants to know is told that the reader has gone")
    func toldOfClosedReader() throws {
        signal(SIGPIPE, SIG_IGN)
        let pipe = try Pipe()
        let queue = LineQueue(descriptor: pipe.writing)
        let calls = Guarded(0)
        queue.whenBroken { calls.withLock { $0 += 1 } }
        queue.write("somebody could read this")
        queue.flush()
        #expect(calls.withLock { $0 } == 0)
        pipe.closeReading()
        queue.write("nobody reads this")
        queue.flush()
        #expect(calls.withLock { $0 } == 1)
        pipe.closeWriting()
    }

    @Test("a reader that has gone is no reason to wait")
    func closedReader() throws {
        signal(SIGPIPE, SIG_IGN)
        let pipe = try Pipe()
        pipe.closeReading()
        let queue = LineQueue(descriptor: pipe.writing)
        for _ in 0..<100 { queue.write("nobody reads this") }
        queue.flush()
        pipe.closeWriting()
    }
}

/// The two ends of a pipe.
private final class Pipe: Sendable {
    struct Failure: Error {}

    let reading: Int32
    let writing: Int32

    init() throws {
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { throw Failure() }
        reading = ends[0]
        writing = ends[1]
    }

    func closeWriting() { close(writing) }

    func closeReading() { close(reading) }

    /// Reads `count` bytes at most; answers how many came.
    func read(_ count: Int) -> Int {
        var chunk = [UInt8](repeating: 0, count: count)
        return unsafe Glibc.read(reading, &chunk, count)
    }

    /// How many bytes wait to be read.
    var waiting: Int {
        var count: Int32 = 0
        return unsafe ioctl(reading, UInt(FIONREAD), &count) == 0 ? Int(count) : -1
    }

    /// Reads until the other end is closed, then closes this one.
    func readLines() -> [String] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe Glibc.read(reading, &chunk, chunk.count)
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        closeReading()
        return bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    }
}
