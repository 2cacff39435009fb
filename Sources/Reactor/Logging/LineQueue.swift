internal import Glibc

/// Lines on their way to a file descriptor, written by a thread of their own.
///
/// The loop must never wait for a terminal or a full pipe: past `maximumBytes` a line is dropped and counted, and the
/// count is written once there is room again. Any thread.
public final class LineQueue: @unchecked Sendable {
    // SAFETY: the state is touched with the lock held only.
    /// How much may wait to be written, in bytes.
    public static let maximumBytes = 1 << 20
    /// The most that is written in one go, in bytes: a write to a pipe comes back only when all of it was taken, and
    /// `flush` must see that a slow reader takes some.
    package static let pieceBytes = 4096
    /// How long `flush` waits for a reader that takes nothing, in seconds.
    public static let flushSeconds = 2

    /// Lines for standard output, shared by all that print there.
    public static let standardOutput = LineQueue(descriptor: STDOUT_FILENO)
    /// Lines for standard error.
    public static let standardError = LineQueue(descriptor: STDERR_FILENO)

    /// Whether a person sees the lines as they come.
    public let isTerminal: Bool
    private let descriptor: Int32
    private let lock = Lock()
    private var waiting: [UInt8] = []
    private var isWriting = false
    private var written = 0
    /// Lines that were dropped since the last one that was taken, and in all.
    private var dropped = 0
    private var droppedInAll = 0
    private var thread: LoopThread?
    private var waitingForRoom: [@Sendable () -> Void] = []
    private let onFailure: (@Sendable (_ number: Int32) -> Void)?
    private var onBroken: (@Sendable () -> Void)?

    /// A queue for a descriptor that stays open as long as the queue lives.
    public convenience init(descriptor: Int32) { self.init(descriptor: descriptor, onFailure: nil) }

    /// A queue that tells, on its own thread, each time that lines are lost because they cannot be written.
    package init(descriptor: Int32, onFailure: (@Sendable (_ number: Int32) -> Void)?) {
        self.descriptor = descriptor
        self.onFailure = onFailure
        isTerminal = isatty(descriptor) == 1
    }

    /// What a reader finds where lines were dropped, in a stream of plain text.
    public static func notice(dropped count: Int) -> String {
        "(\(count) lines dropped: the reader was too slow)"
    }

    /// Adds a line; the newline is the queue's.
    ///
    /// `notice` words the line in front of it that says how many were dropped: a stream whose lines have a shape keeps it.
    public func write(_ line: String, notice: (_ dropped: Int) -> String = LineQueue.notice(dropped:)) {
        lock.withLock {
            guard waiting.count + line.utf8.count < Self.maximumBytes else {
                dropped += 1
                droppedInAll += 1
                return
            }
            if dropped > 0 {
                waiting.append(contentsOf: notice(dropped).utf8)
                waiting.append(UInt8(ascii: "\n"))
                dropped = 0
            }
            waiting.append(contentsOf: line.utf8)
            waiting.append(UInt8(ascii: "\n"))
            wakeWriter()
        }
    }

    /// Adds a line of bytes, however full the queue is, for whoever brings no more once `isFull`; the newline is the queue's.
    package func append(_ line: [UInt8]) {
        lock.withLock {
            waiting.append(contentsOf: line)
            waiting.append(UInt8(ascii: "\n"))
            wakeWriter()
        }
    }

    /// Whether as much waits as may.
    package var isFull: Bool { lock.withLock { waiting.count >= Self.maximumBytes } }

    /// Calls `call` once the queue is not full: at once, or on the thread that writes.
    ///
    /// It must not block.
    package func whenRoom(_ call: @escaping @Sendable () -> Void) {
        let hasRoom = lock.withLock {
            if waiting.count >= Self.maximumBytes { waitingForRoom.append(call) }
            return waiting.count < Self.maximumBytes
        }
        if hasRoom { call() }
    }

    /// With the lock held.
    private func wakeWriter() {
        if thread == nil { thread = LoopThread(named: "lines") { [self] in writeForEver() } }
        lock.signal()
    }

    /// How many bytes were written so far.
    package var writtenBytes: Int { lock.withLock { written } }

    /// How many lines were dropped so far, as the reader was too slow.
    public var droppedCount: Int { lock.withLock { droppedInAll } }

    /// Has `call` called, on the queue's thread, when a reader has gone while there was something to write.
    public func whenBroken(_ call: @escaping @Sendable () -> Void) { lock.withLock { onBroken = call } }

    /// Waits until all that was added has been written.
    ///
    /// Not on the loop; for the end of a process.
    ///
    /// Gives up after `flushSeconds` in which nothing was taken: a reader that stands still must not keep a process from ending.
    public func flush() { flush { $0.wait(seconds: Self.flushSeconds) } }

    /// The same, with `wait` for the time; it is called with the lock held, lets go of it meanwhile, and answers whether it
    /// was woken.
    package func flush(_ wait: (Lock) -> Bool) {
        lock.withLock {
            while !waiting.isEmpty || isWriting {
                let before = written
                if !wait(lock), written == before { return }
            }
        }
    }

    private func writeForEver() {
        var taken: [UInt8] = []
        while true {
            let calls = lock.withLock {
                isWriting = false
                if waiting.isEmpty { lock.signal() }
                while waiting.isEmpty { lock.wait() }
                swap(&taken, &waiting)
                isWriting = true
                defer { waitingForRoom = [] }
                return waitingForRoom
            }
            for call in calls { call() }
            writeAll(taken)
            taken.removeAll(keepingCapacity: true)
        }
    }

    /// Writes on through short writes and interruptions; a reader that has gone ends it, as there is nobody
    /// to tell.
    private func writeAll(_ bytes: [UInt8]) {
        var start = 0
        while start < bytes.count {
            let written = unsafe bytes.withUnsafeBytes { buffer in
                guard let base = buffer.baseAddress else { return 0 }
                return unsafe Glibc.write(
                    descriptor, base + start, min(bytes.count - start, Self.pieceBytes))
            }
            if written > 0 {
                start += written
                lock.withLock {
                    self.written += written
                    lock.signal()
                }
            } else if errno == EAGAIN {
                var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                unsafe poll(&wanted, 1, -1)
            } else if errno != EINTR {
                onFailure?(errno)
                lock.withLock { onBroken }?()
                return
            }
        }
    }
}
