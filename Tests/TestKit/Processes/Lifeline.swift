internal import Glibc

/// A named pipe that processes hold on to, so that a test is told when the last of them is gone, whosever child it is.
package final class Lifeline: Sendable {
    /// What a process opens for writing, and never closes.
    package let path: String
    private let descriptor: Int32

    package init(in folder: TemporaryFolder, named name: String = "lifeline") throws {
        path = folder.path(of: name)
        guard unsafe mkfifo(path, 0o600) == 0 else { throw TestFailure("no pipe '\(path)': errno \(errno)") }
        descriptor = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw TestFailure("no pipe '\(path)': errno \(errno)") }
    }

    deinit { close(descriptor) }

    /// Waits for so many lines, which say who holds on.
    package func lines(_ count: Int, by deadline: Deadline) throws -> [String] {
        var bytes: [UInt8] = []
        while bytes.count(where: { $0 == UInt8(ascii: "\n") }) < count {
            guard let more = try read(by: deadline) else {
                throw TestFailure("all are gone, having said '\(String(decoding: bytes, as: UTF8.self))'")
            }
            bytes += more
        }
        return bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Waits until nobody holds on any more; call it once somebody did.
    package func waitUntilAllAreGone(by deadline: Deadline) throws {
        while try read(by: deadline) != nil {}
    }

    /// What comes next; `nil` when the last writer has gone.
    private func read(by deadline: Deadline) throws -> [UInt8]? {
        var readable = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&readable, 1, deadline.remainingMilliseconds) == 1 else {
            throw TestFailure("somebody still holds on to '\(path)'")
        }
        var chunk = [UInt8](repeating: 0, count: 4096)
        let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
        return count > 0 ? Array(chunk[..<count]) : nil
    }
}
