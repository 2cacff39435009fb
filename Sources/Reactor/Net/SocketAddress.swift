internal import Glibc

/// Where to listen or whom to connect to: an IPv4 or IPv6 literal, or `localhost`, and a port; or the path of a Unix
/// socket.
///
/// Names are not resolved: that would block the loop, and everything here talks to its own machine or to a literal.
package struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
    /// The literal, without brackets; `localhost` for a Unix socket.
    package let host: String
    /// 0 asks the system for a free one.
    package let port: Int
    /// Whether `host` is an IPv6 literal.
    package let isIPv6: Bool
    /// The path of a Unix socket.
    package let unixPath: String?

    /// An address from a literal or `localhost`, which is 127.0.0.1, and a port from 0 to 65,535.
    package init(host: String, port: Int) throws(ReactorError) {
        guard (0...65_535).contains(port) else {
            throw ReactorError(
                code: .badAddress, operation: "reading an address",
                reason: "no port is \(port); ports end at 65535")
        }
        let literal = host == "localhost" ? "127.0.0.1" : host
        if Self.isLiteral(literal, AF_INET) {
            isIPv6 = false
        } else if Self.isLiteral(literal, AF_INET6) {
            isIPv6 = true
        } else {
            throw ReactorError(
                code: .badAddress, operation: "reading an address",
                reason: "'\(host)' is not an IPv4 or IPv6 address, nor 'localhost'")
        }
        self.host = literal
        self.port = port
        unixPath = nil
    }

    /// A Unix socket, for programs of this machine that may reach the path.
    package init(unixPath path: String) {
        host = "localhost"
        port = 0
        isIPv6 = false
        unixPath = path
    }

    /// An address from text: `127.0.0.1:3500`, `[::1]:80` or `localhost:0`.
    package init(_ text: String) throws(ReactorError) {
        guard let colon = text.lastIndex(of: ":"), let port = Self.port(text[text.index(after: colon)...])
        else {
            throw ReactorError(
                code: .badAddress, operation: "reading an address",
                reason: "'\(text)' does not end in ':PORT'")
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            throw ReactorError(
                code: .badAddress, operation: "reading an address",
                reason: "an IPv6 address stands in brackets, as in '[::1]:80', but this is '\(text)'")
        }
        try self.init(host: String(host), port: port)
    }

    /// As it is written in a URL; for a Unix socket its path.
    package var description: String { unixPath ?? authority }

    /// What a request names as its `Host` (RFC 9110 7.2).
    var authority: String {
        if unixPath != nil { return host }
        return isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// Digits only: `Int` alone would take a sign too.
    private static func port(_ text: Substring) -> Int? {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return Int(text)
    }

    private static func isLiteral(_ text: String, _ family: Int32) -> Bool {
        var storage = in6_addr()
        return unsafe inet_pton(family, text, &storage) == 1
    }
}
