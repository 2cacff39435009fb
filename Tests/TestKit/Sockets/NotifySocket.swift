internal import Glibc

/// The socket of a service manager: a host under test tells it how it goes.
package final class NotifySocket {
    /// What the host's `NOTIFY_SOCKET` is to be.
    package let name: String
    private let descriptor: Int32

    /// Binds to a path, or to an abstract name that begins with `@`.
    package init(_ name: String) throws {
        descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        self.name = name
        guard descriptor >= 0 else { throw TestFailure("no socket to be had: errno \(errno)") }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(name.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw TestFailure("'\(name)' is too long for a socket")
        }
        if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let bound = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, length)
            }
        }
        guard bound == 0 else { throw TestFailure("cannot bind to '\(name)': errno \(errno)") }
    }

    deinit { close(descriptor) }

    /// The next datagram's lines; `nil` when none comes in time.
    package func receive(by deadline: Deadline) throws -> [String]? {
        var entry = pollfd(descriptor: descriptor, events: POLLIN)
        while true {
            let ready = unsafe poll(&entry, 1, deadline.remainingMilliseconds)
            if ready == 0 { return nil }
            if ready == 1 { break }
            guard errno == EINTR else { throw TestFailure("poll: errno \(errno)") }
        }
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = unsafe recv(descriptor, &bytes, bytes.count, 0)
        guard count >= 0 else { throw TestFailure("recv: errno \(errno)") }
        return String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Waits for a datagram with a certain line, and returns it.
    @discardableResult
    package func wait(for line: String, by deadline: Deadline = .seconds(30)) throws -> [String] {
        while let lines = try receive(by: deadline) {
            if lines.contains(line) { return lines }
        }
        throw TestFailure("'\(line)' never came to '\(name)'")
    }
}
