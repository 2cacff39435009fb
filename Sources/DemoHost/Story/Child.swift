internal import Glibc

/// A process that the story started: its words as lines, and its end.
///
/// Blocks its caller: the story is one thread that does one thing after another. A child never outlives the story:
/// the last reference kills it, and the kernel does if the story itself is killed.
final class Child {
    /// How a process ended.
    enum End: Equatable, CustomStringConvertible {
        case status(Int32)
        case signal(Int32)

        var description: String {
            switch self {
            case .status(let number): "exit status \(number)"
            case .signal(let number): "signal \(number)"
            }
        }
    }

    let id: pid_t
    private let pipe: Int32
    private var unread: [UInt8] = []
    private var isSilent = false
    private var end: End?

    /// Starts a program that is found as a shell finds it; standard output and error come as one stream.
    init(_ words: [String]) throws(StoryFailure) {
        (id, pipe) = try Spawn.leashed(words)
    }

    deinit {
        if end == nil {
            kill(id, SIGKILL)
            _ = waitpid(id, nil, 0)
        }
        close(pipe)
    }

    /// The next line, waited for; `nil` when the child has closed its output.
    func nextLine(until deadline: ContinuousClock.Instant) throws(StoryFailure) -> String? {
        while true {
            if let lineEnd = unread.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: unread[..<lineEnd], as: UTF8.self)
                unread.removeSubrange(...lineEnd)
                return line
            }
            if isSilent { return nil }
            try read(until: deadline)
        }
    }

    /// All that is still to come, up to the end of the output.
    func rest(until deadline: ContinuousClock.Instant) throws(StoryFailure) -> String {
        while !isSilent { try read(until: deadline) }
        defer { unread = [] }
        return String(decoding: unread, as: UTF8.self)
    }

    /// Sends a signal, unless the child has ended and its number may be another's.
    func send(_ signal: Int32) {
        if end == nil { kill(id, signal) }
    }

    /// Waits for its end, after its output was read to the end.
    func wait() -> End {
        precondition(isSilent, "a child is waited for when its output has ended")
        if let end { return end }
        var status: Int32 = 0
        while unsafe waitpid(id, &status, 0) < 0 {
            precondition(errno == EINTR, "process \(id) is not ours to wait for")
        }
        let signal = status & 0x7f
        let result: End = signal == 0 ? .status(status >> 8 & 0xff) : .signal(signal)
        end = result
        return result
    }

    /// Waits until there is something to read, and reads it.
    private func read(until deadline: ContinuousClock.Instant) throws(StoryFailure) {
        var descriptor = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
        while unsafe poll(&descriptor, 1, 20) <= 0 {
            try Interruption.check()
            if ContinuousClock.now > deadline { throw StoryFailure("it took longer than it may") }
        }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = unsafe Glibc.read(pipe, &bytes, bytes.count)
        unread += bytes.prefix(max(count, 0))
        isSilent = count == 0 || count < 0 && errno != EINTR
    }
}
