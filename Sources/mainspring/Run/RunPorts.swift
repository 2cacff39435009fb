internal import Glibc
internal import Reactor

/// The ports of a run: whether those that were given are free, and one that nobody has.
enum RunPorts {
    /// A port that must be free, by the name that it was given under.
    struct Demand {
        let name: String
        let host: String
        let port: Int
    }

    /// What keeps a port from being had, as a clause: `6280 is taken by python3 (process 17): …`; `nil` for nothing.
    static func problem(_ demand: Demand) -> String? {
        guard demand.port != 0, let address = try? SocketAddress(host: demand.host, port: demand.port) else {
            // Any port will do, or the flags' own check has something to say.
            return nil
        }
        switch DoctorSocket.bind(address) {
        case 0: return nil
        case EADDRINUSE:
            let owner = ProcessTable.listeners(on: demand.port).first
            let holder = owner.map { "\(ProcessTable.name(of: $0)) (process \($0))" } ?? "another process"
            return "\(demand.port) is taken by \(holder): stop that, or choose another port"
        case let status:
            return "\(demand.port) cannot be listened on at \(demand.host): \(DoctorSocket.reason(status))"
        }
    }

    /// A port of the loopback address that nobody listens on now and that is not among these.
    static func free(besides taken: Set<Int>) -> Int {
        // The system gives out one after another: among so many one is not taken.
        for _ in 0...taken.count {
            let port = free()
            if !taken.contains(port) { return port }
        }
        return 0
    }

    private static func free() -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return 0 }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                guard unsafe bind(descriptor, raw, length) == 0,
                    unsafe getsockname(descriptor, raw, &length) == 0
                else { return 0 }
                return unsafe Int(
                    UnsafeRawPointer(raw).loadUnaligned(as: sockaddr_in.self).sin_port.byteSwapped)
            }
        }
    }

    /// The port of an address such as `127.0.0.1:3500`.
    static func port(of address: String?) -> Int? {
        guard let address, let colon = address.lastIndex(of: ":") else { return nil }
        return Int(address[colon...].dropFirst())
    }
}
