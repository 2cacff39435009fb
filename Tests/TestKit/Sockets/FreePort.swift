internal import Glibc

/// Ports for processes that must be told one.
package enum FreePort {
    /// A port of the loopback address that nobody listened on a moment ago.
    package static func find() throws -> UInt16 {
        let listener = try Listener(port: 0)
        return listener.port
    }
}
