internal import Glibc

/// The example, running in a process of its own, as the story sees it: an address, and what it prints.
final class StoryHost {
    /// A line that the host printed, and when it arrived here.
    struct Line {
        let text: String
        let arrival: ContinuousClock.Instant
    }

    /// Where its API listens, such as `http://127.0.0.1:40123`.
    let address: String
    private let process: Child
    private let deadline: ContinuousClock.Instant

    /// Starts this very program without `--story`, on a free port, and waits until it listens.
    init(folder: String, deadline: ContinuousClock.Instant) throws(StoryFailure) {
        process = try Child([try Self.program(), "--data", folder, "--port", "0"])
        self.deadline = deadline
        var last = ""
        while let line = try process.nextLine(until: deadline) {
            if let start = line.firstRange(of: "listens on http://") {
                address = "http://" + line[start.upperBound...].prefix { $0 != "\"" }
                return
            }
            last = line
        }
        throw StoryFailure("the host did not start; it said: \(last)")
    }

    /// The number of its process.
    var id: pid_t { process.id }

    /// The next line of standard output; `nil` when the host has ended.
    func nextLine() throws(StoryFailure) -> Line? {
        while let text = try process.nextLine(until: deadline) {
            if Self.isLog(text) { continue }
            return Line(text: text, arrival: .now)
        }
        return nil
    }

    /// Ends the host with a signal; answers how it ended, and what it still printed.
    func end(with signal: Int32) throws(StoryFailure) -> (end: Child.End, lines: [String]) {
        process.send(signal)
        var lines: [String] = []
        while let line = try nextLine() { lines.append(line.text) }
        return (process.wait(), lines)
    }

    /// Whether a line is one of `QueueLogHandler`'s and no handler's.
    private static func isLog(_ line: String) -> Bool { line.hasPrefix("time=\"") }

    private static func program() throws(StoryFailure) -> String {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink("/proc/self/exe", &path, path.count)
        guard count > 0 else { throw StoryFailure("/proc/self/exe does not name this program", errno: errno) }
        return String(decoding: path.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
