internal import Glibc

/// A listening socket on the loopback address.
package final class Listener: Sendable {
    package let port: UInt16
    let descriptor: Int32

    /// Listens on `port`; on any free one if it is 0.
    package init(port: UInt16) throws {
        let descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw TestFailure("no socket to be had: errno \(errno)") }
        var yes: Int32 = 1
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        let bound = unsafe LoopbackAddress.with(port: port) { address, length in
            unsafe bind(descriptor, address, length)
        }
        guard bound == 0, listen(descriptor, 1_024) == 0 else {
            let reason = errno
            close(descriptor)
            throw TestFailure("cannot listen on port \(port): errno \(reason)")
        }
        self.descriptor = descriptor
        self.port = LoopbackAddress.port(of: descriptor)
    }

    deinit { close(descriptor) }

    /// Takes the next connection; `nil` if there is none now.
    func accept() -> TestSocket? {
        let accepted = Glibc.accept(descriptor, nil, nil)
        return accepted >= 0 ? TestSocket(descriptor: accepted) : nil
    }
}

/// `127.0.0.1`, or another of the 127.0.0.0/24 that are all this machine, as C wants it.
enum LoopbackAddress {
    static func with<Result>(
        port: UInt16, number: UInt8 = 1, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = (UInt32(0x7f00_0000) + UInt32(number)).bigEndian
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, length) }
        }
    }

    static func port(of descriptor: Int32) -> UInt16 {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &length)
            }
        }
        return UInt16(bigEndian: address.sin_port)
    }
}
