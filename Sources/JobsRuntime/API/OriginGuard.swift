internal import Reactor

/// Keeps web pages out: a browser names the page's origin in its requests, and one that is not this server's
/// own is refused before any route sees it, unless it was allowed by name.
///
/// No client of the jobs API but a browser sends `Origin` (Fetch Standard, section 3.2), so others notice nothing.
enum OriginGuard {
    /// The answer to a request that a page of another origin has sent.
    static let refusal = HTTPResponse.text(
        status: 403, "requests from web pages of another origin are refused\n")

    /// Whether the origin is `http://` and the host that the request was sent to.
    static func isOwn(_ origin: UnsafeRawBufferPointer, _ request: HTTPRequest) -> Bool {
        let scheme = "http://".utf8
        guard let host = unsafe request.header("host"), unsafe origin.starts(with: scheme) else {
            return false
        }
        // A name could be one that its owner has pointed at this machine after the page was loaded; a number cannot.
        guard unsafe isAddress(host) else { return false }
        return unsafe origin.dropFirst(scheme.count).elementsEqual(host)
    }

    /// Whether a `Host` is an address and no name: `127.0.0.1:3500`, `[::1]:3500`, or `localhost`.
    private static func isAddress(_ host: UnsafeRawBufferPointer) -> Bool {
        if unsafe host.first == UInt8(ascii: "[") { return true }
        let name = unsafe host.prefix { $0 != UInt8(ascii: ":") }
        if unsafe name.elementsEqual("localhost".utf8) { return true }
        return unsafe name.allSatisfy {
            $0 == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        }
    }
}
