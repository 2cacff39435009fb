import Glibc
import JobsRuntime
import Logging
import Reactor
import TestKit
import Testing

@Suite("the log handler")
struct LogHandlerTests {
    /// What a handler writes for one line to `writer`, read from `reader`.
    private static func line(
        to writer: Int32, readFrom reader: Int32, format: QueueLogHandler.Format = .text
    ) async throws -> String {
        let queue = LineQueue(descriptor: writer)
        var logger = Logger(label: "dapr.test") { QueueLogHandler(label: $0, format: format, queue: queue) }
        logger[metadataKey: "app_id"] = "job-service"
        logger.warning("two words", metadata: ["x": "1"])
        return try await OwnThread.run {
            queue.flush()
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = unsafe read(reader, &bytes, bytes.count)
            return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        }
    }

    /// A terminal, and the other end of it.
    private static func openTerminal() throws -> (master: Int32, terminal: Int32) {
        // The numbers of TIOCSPTLCK and TIOCGPTN, which Swift does not import.
        let (unlock, getNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)
        let master = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY)
        var number: Int32 = 0
        guard master >= 0, unsafe ioctl(master, unlock, &number) == 0,
            unsafe ioctl(master, getNumber, &number) == 0
        else { throw TestFailure("no terminal to be had: errno \(errno)") }
        return (master, unsafe open("/dev/pts/\(number)", O_RDWR | O_NOCTTY))
    }

    @Test("a terminal gets its shape, and a file the other, with the fields of every line")
    func shapes() async throws {
        let (master, terminal) = try Self.openTerminal()
        defer {
            close(terminal)
            close(master)
        }
        let shown = try await Self.line(to: terminal, readFrom: master)
        #expect(shown.hasPrefix("WARN[0"), "\(shown)")
        let fields = shown.split(separator: " ").map(String.init).drop { !$0.contains("=") }
        #expect(
            fields.map { String($0.split(separator: "=")[0]) } == [
                "app_id", "instance", "scope", "type", "x",
            ])
        #expect(shown.contains("] two words ") && shown.contains(" scope=dapr.test type=log x=1"), "\(shown)")

        var ends: [Int32] = [-1, -1]
        #expect(unsafe pipe(&ends) == 0)
        defer { ends.forEach { close($0) } }
        let text = try await Self.line(to: ends[1], readFrom: ends[0])
        #expect(
            text.hasPrefix("time=\"") && text.contains(#" level=warning msg="two words" app_id=job-service "#)
        )
        let json = try await Self.line(to: ends[1], readFrom: ends[0], format: .json)
        #expect(json.hasPrefix(#"{"app_id":"job-service","instance":""#))
        #expect(
            json.contains(#""level":"warning","msg":"two words","scope":"dapr.test","time":""#), "\(json)")
    }

    @Test("what is said of dropped lines has the shape of the others", arguments: ["json", "text"])
    func dropped(shape: String) async throws {
        var ends: [Int32] = [-1, -1]
        #expect(unsafe pipe(&ends) == 0)
        let (reader, writer) = (ends[0], ends[1])
        defer { close(reader) }
        let queue = LineQueue(descriptor: writer)
        let logger = Logger(label: "dapr.test") {
            QueueLogHandler(label: $0, format: shape == "json" ? .json : .text, queue: queue)
        }
        let text = String(repeating: "x", count: 4000)
        while queue.droppedCount == 0 { logger.warning("\(text)") }
        let bytes = try await OwnThread.run {
            let read = Guarded<[UInt8]>([])
            let thread = LoopThread(named: "reader") { read.withLock { $0 = Self.readAll(reader) } }
            queue.flush()
            logger.warning("after it")
            queue.flush()
            close(writer)
            thread.join()
            return read.withLock { $0 }
        }
        let lines = bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
        let start = shape == "json" ? #"{"instance":""# : #"time=""#
        for line in lines { #expect(line.hasPrefix(start), "\(line.prefix(80))") }
        #expect(lines.contains { $0.contains("(1 lines dropped: the reader was too slow)") })
        #expect(lines.last?.contains("after it") == true)
    }

    private static func readAll(_ reader: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe read(reader, &chunk, chunk.count)
            guard count > 0 else { return bytes }
            bytes += chunk[..<count]
        }
    }
}
