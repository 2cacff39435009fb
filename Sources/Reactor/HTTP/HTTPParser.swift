internal import CLlhttp
internal import Glibc

/// Cuts the bytes of one connection into requests: our own grammar in front, llhttp behind it.
///
/// # How it reads
/// `HeadScanner` reads the head and `ChunkGuard` a chunked body; llhttp is given only what they have passed, and frames
/// the message. Where the two do not agree on it, the message is refused: that is what request smuggling lives on.
///
/// # Where a message lies
/// From its first byte to its last in one piece of memory. In place, in the buffer that the socket was read into, if
/// one read brought all of it; else the caller keeps what `incomplete` names, adds what comes, and calls again with the
/// whole. Chunks are joined in place, each moved to the end of the one before it.
@safe package final class HTTPParser {
    /// What came of the bytes.
    package enum Outcome {
        /// More is needed; only these of the bytes are, and they come first when `parse` is called again.
        case incomplete(keep: Range<Int>)
        /// A request is in `HTTPRequest`; the next one begins behind `used` bytes.
        case complete(used: Int)
        /// Nothing of what follows can be trusted.
        case refused(HTTPRefusal)
    }

    private enum Framing { case none, length(remaining: Int), chunked }

    private let raw: UnsafeMutablePointer<llhttp_t>
    private let bodyLimit: Int
    private let lineLimit: Int
    private var framing = Framing.none
    private var chunks = ChunkGuard(bodyLimit: 0, lineLimit: 0)
    /// Bytes of the head; 0 until it is complete.
    private var headLength = 0
    private var bodyLength = 0
    private var owesContinue = false
    private var hasFreshHead = false
    private var keepsAlive = false
    /// Whether the method is one that llhttp does not know.
    private var isForeignMethod = false
    // What llhttp said during `feed`.
    private var sawHead = false
    private var sawEnd = false
    private var joinBase: UnsafeMutableRawPointer?

    package init(limits: Limits) {
        bodyLimit = limits.bodyBytes
        lineLimit = limits.headerBlockBytes
        unsafe raw = .allocate(capacity: 1)
        unsafe llhttp_init(raw, HTTP_REQUEST, Self.settings)
        // SAFETY: llhttp calls back during `llhttp_execute` alone, which is a method of this object.
        unsafe raw.pointee.data = Unmanaged.passUnretained(self).toOpaque()
    }

    deinit { unsafe raw.deallocate() }

    /// Whether the connection may stay after the request that was completed last.
    package var shouldKeepAlive: Bool { keepsAlive }

    /// Whether a part of a message was read, and a body is awaited and not the rest of a head.
    package var isInBody: Bool { headLength > 0 }

    /// Whether the peer waits to be told to send its body.
    ///
    /// True once a request.
    package func takeContinue() -> Bool {
        defer { owesContinue = false }
        return owesContinue
    }

    /// Whether a head has just come whose body has not: whoever may refuse the request by its head can do so now.
    ///
    /// True once a request, right after the read that brought the head; the request shows it as long as the read's bytes
    /// are there.
    func takeHead() -> Bool {
        defer { hasFreshHead = false }
        return hasFreshHead
    }

    /// Reads on in the message that begins with the first of `bytes`.
    package func parse(_ bytes: UnsafeMutableRawBufferPointer, into request: HTTPRequest) -> Outcome {
        do throws(HTTPRefusal) {
            if headLength > 0 {
                return try unsafe parseBody(bytes, into: request, isScanned: false, offset: 0)
            }
            let start = unsafe Self.emptyLines(bytes)
            let message = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[start...])
            // A lone CR may yet become an empty line.
            if unsafe message.isEmpty || message.count == 1 && message[0] == UInt8(ascii: "\r") {
                return .incomplete(keep: start..<bytes.count)
            }
            switch unsafe request.scan(UnsafeRawBufferPointer(message)) {
            case .incomplete: return .incomplete(keep: start..<bytes.count)
            case .refused(let refusal): throw refusal
            case .complete(let length): try unsafe beginBody(message, length, request)
            }
            return try unsafe parseBody(message, into: request, isScanned: true, offset: start)
        } catch {
            return .refused(error)
        }
    }

    // MARK: Steps

    /// A server ignores empty lines in front of a request (RFC 9112, 2.2).
    private static func emptyLines(_ bytes: UnsafeMutableRawBufferPointer) -> Int {
        var start = 0
        while start + 1 < bytes.count,
            unsafe bytes[start] == UInt8(ascii: "\r") && bytes[start + 1] == UInt8(ascii: "\n")
        {
            start += 2
        }
        return start
    }

    /// Gives llhttp the head, and has both sides agree on what follows it.
    private func beginBody(
        _ message: UnsafeMutableRawBufferPointer, _ length: Int, _ request: HTTPRequest
    ) throws(HTTPRefusal) {
        bodyLength = 0
        isForeignMethod = false
        begin()
        if try unsafe !feed(UnsafeRawBufferPointer(rebasing: message[..<length])) {
            try unsafe feedForeign(message, length, request)
        }
        let isChunked = unsafe Int32(raw.pointee.flags) & Int32(F_CHUNKED.rawValue) != 0
        guard sawHead, isChunked == request.isChunked else { throw Self.disagreement }
        if isChunked {
            framing = .chunked
            chunks = ChunkGuard(bodyLimit: bodyLimit, lineLimit: lineLimit)
        } else if let expected = request.contentLength, expected > 0 {
            guard unsafe raw.pointee.content_length == UInt64(expected) else { throw Self.disagreement }
            guard expected <= bodyLimit else { throw refuseBody(request) }
            framing = .length(remaining: expected)
        } else {
            framing = .none
        }
        headLength = length
        if case .none = framing { return }
        owesContinue = request.expectsContinue && !request.isVersion10 && message.count == length
    }

    /// Reads the body from behind what is known of it, and ends the message if all of it is there.
    private func parseBody(
        _ message: UnsafeMutableRawBufferPointer, into request: HTTPRequest, isScanned: Bool, offset: Int
    ) throws(HTTPRefusal) -> Outcome {
        let known = headLength + bodyLength
        let fresh = unsafe UnsafeRawBufferPointer(rebasing: message[known...])
        var used = known
        switch framing {
        case .none: break
        case .length(let remaining):
            let taken = min(remaining, fresh.count)
            if taken > 0 { try unsafe feed(UnsafeRawBufferPointer(rebasing: fresh[..<taken])) }
            bodyLength += taken
            used += taken
            framing = .length(remaining: remaining - taken)
            guard sawEnd == (taken == remaining) else { throw Self.disagreement }
        case .chunked:
            do throws(HTTPRefusal) {
                let taken = try unsafe chunks.check(MessageBytes(fresh))
                unsafe joinBase = message.baseAddress
                if taken > 0 { try unsafe feed(UnsafeRawBufferPointer(rebasing: fresh[..<taken])) }
                used += taken
            } catch {
                if !isScanned { _ = unsafe request.scan(UnsafeRawBufferPointer(message)) }
                throw error == .bodyTooLarge ? refuseBody(request) : error
            }
            guard sawEnd == chunks.isDone else { throw Self.disagreement }
        }
        guard sawEnd else {
            if isScanned {
                hasFreshHead = true
                unsafe request.complete(method: method, body: UnsafeRawBufferPointer(start: nil, count: 0))
            }
            return .incomplete(keep: offset..<offset + headLength + bodyLength)
        }
        if !isScanned { _ = unsafe request.scan(UnsafeRawBufferPointer(message)) }
        let body = unsafe UnsafeRawBufferPointer(rebasing: message[headLength..<headLength + bodyLength])
        unsafe request.complete(method: method, body: body)
        keepsAlive = unsafe llhttp_should_keep_alive(raw) == 1
        headLength = 0
        owesContinue = false
        return .complete(used: offset + used)
    }

    /// The handler words this refusal, and may look at the head for it.
    private func refuseBody(_ request: HTTPRequest) -> HTTPRefusal {
        unsafe request.complete(method: method, body: UnsafeRawBufferPointer(start: nil, count: 0))
        return .bodyTooLarge
    }

    private func begin() {
        unsafe llhttp_reset(raw)
        sawHead = false
        sawEnd = false
    }

    /// Gives llhttp a head whose method it does not know, with one in front that it does.
    ///
    /// A method may be any token, and says nothing of how a request is framed but for HEAD and CONNECT, which llhttp
    /// knows. Who asks with one that no route has gets the answer that every unmatched request gets.
    private func feedForeign(
        _ message: UnsafeMutableRawBufferPointer, _ length: Int, _ request: HTTPRequest
    ) throws(HTTPRefusal) {
        begin()
        isForeignMethod = true
        let rest = unsafe UnsafeRawBufferPointer(rebasing: message[request.methodLength..<length])
        let known: StaticString = "POST"
        let method = unsafe UnsafeRawBufferPointer(start: known.utf8Start, count: known.utf8CodeUnitCount)
        guard try unsafe feed(method), try unsafe feed(rest) else { throw Self.disagreement }
    }

    /// Gives llhttp bytes that it must take to the last one; false where it does not know the method.
    @discardableResult
    private func feed(_ bytes: UnsafeRawBufferPointer) throws(HTTPRefusal) -> Bool {
        let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
        let status = unsafe llhttp_execute(raw, start, bytes.count)
        switch status {
        case HPE_OK: return true
        case HPE_PAUSED:
            // The end of the message, and it must be the end of the bytes.
            guard sawEnd, unsafe raw.pointee.error_pos == start.map({ unsafe $0 + bytes.count }) else {
                throw Self.disagreement
            }
            return true
        case HPE_INVALID_METHOD: return false
        default: throw HTTPRefusal(400, "the request is malformed")
        }
    }

    private static let disagreement = HTTPRefusal(400, "the request can be framed in more than one way")

    private var method: HTTPMethod {
        if isForeignMethod { return .other }
        return switch unsafe llhttp_method_t(UInt32(raw.pointee.method)) {
        case HTTP_GET: .get
        case HTTP_HEAD: .head
        case HTTP_POST: .post
        case HTTP_PUT: .put
        case HTTP_DELETE: .delete
        case HTTP_PATCH: .patch
        case HTTP_OPTIONS: .options
        case HTTP_TRACE: .trace
        default: .other
        }
    }

    // MARK: llhttp's side

    // SAFETY: made once, never written again, and never freed; every parser of every loop reads it.
    nonisolated(unsafe) private static let settings: UnsafePointer<llhttp_settings_t> = {
        let settings = UnsafeMutablePointer<llhttp_settings_t>.allocate(capacity: 1)
        unsafe llhttp_settings_init(settings)
        unsafe settings.pointee.on_headers_complete = { raw in
            unsafe HTTPParser.with(raw) { $0.sawHead = true }
            return 0
        }
        unsafe settings.pointee.on_body = { raw, start, count in
            unsafe HTTPParser.with(raw) { unsafe $0.join(start, count) }
            return 0
        }
        unsafe settings.pointee.on_message_complete = { raw in
            // This pause comes before the one that llhttp makes for a request to upgrade, and the next message is
            // begun afresh; so such a request is one like any other.
            unsafe HTTPParser.with(raw) { $0.sawEnd = true }
            return Int32(HPE_PAUSED.rawValue)
        }
        return unsafe UnsafePointer(settings)
    }()

    @inline(__always)
    private static func with(_ raw: UnsafeMutablePointer<llhttp_t>?, _ body: (HTTPParser) -> Void) {
        guard let data = unsafe raw?.pointee.data else { return }
        // SAFETY: the parser is in the middle of `feed`, so it lives.
        unsafe Unmanaged<HTTPParser>.fromOpaque(data)._withUnsafeGuaranteedRef(body)
    }

    /// Moves a chunk's data behind that of the one before.
    ///
    /// Counted bodies lie in one piece already.
    private func join(_ start: UnsafePointer<CChar>?, _ count: Int) {
        guard case .chunked = framing, let start = unsafe start, let base = unsafe joinBase else { return }
        unsafe memmove(base + headLength + bodyLength, start, count)
        bodyLength += count
    }
}
