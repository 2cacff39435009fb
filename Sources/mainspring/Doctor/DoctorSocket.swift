internal import Glibc
internal import Reactor

/// Sockets that are made to see what happens, and closed at once.
enum DoctorSocket {
    /// How long an app may take to take a connection, in milliseconds.
    static let patience: Int32 = 1000

    /// What the system says to binding an address, as an `errno`; nothing listens meanwhile.
    static func bind(_ address: SocketAddress) -> Int32 {
        unsafe attempt(address) { socket, raw, length in
            var yes: Int32 = 1
            // As the host does it: what is left of closed connections is in nobody's way.
            _ = unsafe setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
            return unsafe Glibc.bind(socket, raw, length) == 0 ? 0 : errno
        }
    }

    /// What the system says to a connection, as an `errno`: 0 when somebody listens.
    static func connect(_ address: SocketAddress) -> Int32 {
        unsafe attempt(address) { socket, raw, length in
            if unsafe Glibc.connect(socket, raw, length) == 0 { return 0 }
            guard errno == EINPROGRESS else { return errno }
            var question = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
            guard unsafe poll(&question, 1, patience) == 1 else { return ETIMEDOUT }
            var (status, size) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
            _ = unsafe getsockopt(socket, SOL_SOCKET, SO_ERROR, &status, &size)
            return status
        }
    }

    static func reason(_ status: Int32) -> String {
        guard let text = unsafe strerror(status) else { return "error \(status)" }
        return unsafe String(cString: text)
    }

    private static func attempt(
        _ address: SocketAddress, _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        let family = address.isIPv6 ? AF_INET6 : AF_INET
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(family, type, 0)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        var storage = sockaddr_storage()
        return unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            let port = in_port_t(address.port).bigEndian
            let length: Int
            if address.isIPv6 {
                let raw = unsafe bytes.bindMemory(to: sockaddr_in6.self)
                unsafe raw[0].sin6_family = sa_family_t(family)
                unsafe raw[0].sin6_port = port
                _ = unsafe inet_pton(family, address.host, &raw[0].sin6_addr)
                length = MemoryLayout<sockaddr_in6>.size
            } else {
                let raw = unsafe bytes.bindMemory(to: sockaddr_in.self)
                unsafe raw[0].sin_family = sa_family_t(family)
                unsafe raw[0].sin_port = port
                _ = unsafe inet_pton(family, address.host, &raw[0].sin_addr)
                length = MemoryLayout<sockaddr_in>.size
            }
            guard let raw = unsafe bytes.assumingMemoryBound(to: sockaddr.self).baseAddress else {
                return EFAULT
            }
            return unsafe body(descriptor, raw, socklen_t(length))
        }
    }
}
