internal import CLlhttp

/// Reads the answers on one client connection, over llhttp; bodies go to whoever wants them as they come.
///
/// Counted and chunked bodies and such as end with the connection are understood; interim answers (1xx) are passed
/// over. llhttp alone is strict enough here: nobody else's answers share the connection.
@safe final class HTTPResponseParser {
    /// What came of the bytes.
    enum Outcome: Equatable {
        case incomplete
        /// The answer is whole; `isReusable` says whether another request may follow on the connection.
        case complete(status: Int, isReusable: Bool)
        case malformed
        /// Whoever takes the body wants no more of it.
        case bodyRefused
    }

    private let raw: UnsafeMutablePointer<llhttp_t>
    private let headLimit: Int
    private var headBytes = 0
    private var isHead = false
    private var sawHead = false
    private var sawEnd = false
    private var onBody: HTTPAnswerBody?
    private var isBodyRefused = false

    init(headLimit: Int) {
        self.headLimit = headLimit
        unsafe raw = .allocate(capacity: 1)
        unsafe llhttp_init(raw, HTTP_RESPONSE, Self.settings)
        // SAFETY: llhttp calls back during `parse` and `end` alone, which are methods of this object.
        unsafe raw.pointee.data = Unmanaged.passUnretained(self).toOpaque()
    }

    deinit { unsafe raw.deallocate() }

    /// Awaits the answer to a request; one to HEAD has no body, whatever it says.
    func begin(isHead: Bool, onBody: HTTPAnswerBody?) {
        unsafe llhttp_reset(raw)
        self.onBody = onBody
        isBodyRefused = false
        self.isHead = isHead
        headBytes = 0
        sawHead = false
        sawEnd = false
    }

    /// Reads on in the answer.
    func parse(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        var rest = unsafe bytes
        while true {
            let hadHead = sawHead
            let start = unsafe rest.baseAddress?.assumingMemoryBound(to: CChar.self)
            let status = unsafe llhttp_execute(raw, start, rest.count)
            var taken = rest.count
            if status == HPE_PAUSED, let start = unsafe start, let end = unsafe raw.pointee.error_pos {
                taken = unsafe end - start
            } else if status != HPE_OK {
                return isBodyRefused ? .bodyRefused : .malformed
            }
            if !hadHead { headBytes += taken }
            if headBytes > headLimit { return .malformed }
            if status == HPE_OK { return .incomplete }
            if sawEnd {
                // No request here asks for an upgrade.
                if unsafe raw.pointee.status_code == 101 { return .malformed }
                if !isInterim { return complete(isReusable: taken == rest.count) }
                sawHead = false
                sawEnd = false
                headBytes = 0
            }
            unsafe llhttp_resume(raw)
            unsafe rest = UnsafeRawBufferPointer(rebasing: rest[taken...])
            // Behind an interim answer there is nothing to do without bytes; behind a head there may be its end.
            if unsafe rest.isEmpty, !sawHead { return .incomplete }
        }
    }

    /// The peer has closed: the end of the answer, if it was one that ends so.
    func end() -> Outcome {
        guard sawHead, unsafe llhttp_finish(raw) == HPE_PAUSED, sawEnd else { return .malformed }
        return complete(isReusable: false)
    }

    private var isInterim: Bool { unsafe raw.pointee.status_code / 100 == 1 }

    private func complete(isReusable: Bool) -> Outcome {
        onBody = nil
        let status = unsafe Int(raw.pointee.status_code)
        return .complete(
            status: status, isReusable: unsafe isReusable && llhttp_should_keep_alive(raw) == 1)
    }

    // MARK: llhttp's side

    // SAFETY: made once, never written again, and never freed; every parser of every loop reads it.
    nonisolated(unsafe) private static let settings: UnsafePointer<llhttp_settings_t> = {
        let settings = UnsafeMutablePointer<llhttp_settings_t>.allocate(capacity: 1)
        unsafe llhttp_settings_init(settings)
        // Both pause, so that the caller learns where in the bytes they are.
        unsafe settings.pointee.on_headers_complete = { raw in
            guard let data = unsafe raw?.pointee.data else { return -1 }
            // SAFETY: the parser is in the middle of `parse`, so it lives.
            let parser = unsafe Unmanaged<HTTPResponseParser>.fromOpaque(data)
            return unsafe parser._withUnsafeGuaranteedRef { $0.headersComplete() }
        }
        unsafe settings.pointee.on_message_complete = { raw in
            guard let data = unsafe raw?.pointee.data else { return -1 }
            // SAFETY: the parser is in the middle of `parse` or `end`, so it lives.
            unsafe Unmanaged<HTTPResponseParser>.fromOpaque(data)._withUnsafeGuaranteedRef {
                $0.sawEnd = true
            }
            return Int32(HPE_PAUSED.rawValue)
        }
        unsafe settings.pointee.on_body = { raw, start, count in
            guard let data = unsafe raw?.pointee.data else { return -1 }
            // SAFETY: the parser is in the middle of `parse`, so it lives, and so do the bytes.
            let parser = unsafe Unmanaged<HTTPResponseParser>.fromOpaque(data)
            return unsafe parser._withUnsafeGuaranteedRef {
                unsafe $0.bodyCame(UnsafeRawBufferPointer(start: start, count: count))
            }
        }
        return unsafe UnsafePointer(settings)
    }()

    private func bodyCame(_ bytes: UnsafeRawBufferPointer) -> Int32 {
        guard let onBody else { return 0 }
        if onBody(unsafe Int(raw.pointee.status_code), unsafe Array(bytes)) { return 0 }
        isBodyRefused = true
        return Int32(HPE_USER.rawValue)
    }

    private func headersComplete() -> Int32 {
        sawHead = true
        // These never have a body (RFC 9112, 6.3); llhttp would wait for as much as a length says.
        let status = unsafe raw.pointee.status_code
        if isHead || isInterim || status == 204 || status == 304 {
            unsafe raw.pointee.flags |= UInt16(F_SKIPBODY.rawValue)
        }
        return Int32(HPE_PAUSED.rawValue)
    }
}
