internal import CLibuv

extension SocketAddress {
    /// Lends the address in the system's own form, and answers what `body` or the conversion answered.
    func withSystemAddress(_ body: (UnsafePointer<sockaddr>) -> Int32) -> Int32 {
        var storage = sockaddr_storage()
        return unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            // A `sockaddr_storage` is as large as any address and aligned for all of them.
            let raw = UnsafeMutableRawPointer(pointer)
            let status =
                if isIPv6 {
                    unsafe uv_ip6_addr(host, Int32(port), raw.assumingMemoryBound(to: sockaddr_in6.self))
                } else {
                    unsafe uv_ip4_addr(host, Int32(port), raw.assumingMemoryBound(to: sockaddr_in.self))
                }
            if status < 0 { return status }
            return unsafe body(UnsafePointer(raw.assumingMemoryBound(to: sockaddr.self)))
        }
    }

    /// The port of this machine that a socket is on.
    static func localPort(of socket: UnsafeMutablePointer<uv_tcp_t>) throws(ReactorError) -> Int {
        var storage = sockaddr_storage()
        var size = Int32(MemoryLayout<sockaddr_storage>.size)
        let status = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe uv_tcp_getsockname(
                socket, UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: sockaddr.self), &size)
        }
        try ReactorError.check(status, "uv_tcp_getsockname")
        let isIPv6 = Int32(storage.ss_family) == AF_INET6
        let port = unsafe withUnsafeBytes(of: &storage) { bytes in
            isIPv6
                ? unsafe bytes.load(as: sockaddr_in6.self).sin6_port
                : unsafe bytes.load(as: sockaddr_in.self).sin_port
        }
        return Int(UInt16(bigEndian: port))
    }
}
