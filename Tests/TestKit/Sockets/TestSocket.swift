internal import Glibc

/// A connected socket that blocks, with a deadline on each wait.
package final class TestSocket {
    let descriptor: Int32

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// Connects to a port of the loopback address.
    ///
    /// Which of them: 127.0.0.`number`.
    package init(port: UInt16, number: UInt8 = 1) throws {
        let descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw TestFailure("no socket to be had: errno \(errno)") }
        let connected = unsafe LoopbackAddress.with(port: port, number: number) { address, length in
            unsafe connect(descriptor, address, length)
        }
        guard connected == 0 else {
            let reason = errno
            close(descriptor)
            throw TestFailure("cannot connect to port \(port): errno \(reason)")
        }
        self.descriptor = descriptor
        var yes: Int32 = 1
        unsafe setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { close(descriptor) }

    /// Sends all of it.
    package func send(_ bytes: [UInt8], by deadline: Deadline) throws {
        var sent = 0
        while sent < bytes.count {
            try wait(for: POLLOUT, by: deadline)
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.send(
                    descriptor, buffer.baseAddress! + sent, buffer.count - sent,
                    Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if count >= 0 {
                sent += count
            } else if errno != EAGAIN, errno != EINTR {
                throw TestFailure("the peer takes no more: errno \(errno)")
            }
        }
    }

    /// Waits for bytes and returns them; empty once the peer has closed.
    package func receive(by deadline: Deadline) throws -> [UInt8] {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            try wait(for: POLLIN, by: deadline)
            let count = unsafe recv(descriptor, &chunk, chunk.count, Int32(MSG_DONTWAIT))
            if count >= 0 { return Array(chunk[..<count]) }
            if errno == ECONNRESET { return [] }
            if errno != EAGAIN, errno != EINTR { throw TestFailure("the connection broke: errno \(errno)") }
        }
    }

    /// Whether there is something to read now, or the peer has closed.
    package var hasInput: Bool {
        var entry = pollfd(descriptor: descriptor, events: POLLIN)
        return unsafe poll(&entry, 1, 0) == 1
    }

    /// Says that nothing more will be sent, and goes on reading.
    package func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Makes the close a reset: what is under way is dropped on both sides.
    package func resetOnClose() {
        var option = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    private func wait(for events: Int32, by deadline: Deadline) throws {
        var entry = pollfd(descriptor: descriptor, events: events)
        while true {
            let count = unsafe poll(&entry, 1, deadline.remainingMilliseconds)
            if count == 1 { return }
            if count == 0 || errno != EINTR { throw TestFailure("the peer said nothing in time") }
        }
    }
}

extension pollfd {
    init(descriptor: Int32, events: Int32) { self.init(fd: descriptor, events: Int16(events), revents: 0) }
}
