/// Writes answers as HTTP/1.1 has them.
///
/// The date, and with it the whole of the commonest answer, is put together once a second; a 204 is one copy.
final class HTTPSerializer {
    /// What the connection adds to an answer.
    struct Options {
        /// How the peer learns where the body ends.
        enum Framing { case length, chunks, endOfConnection }

        var framing = Framing.length
        /// The request was HEAD: the head of the answer alone, as long as it would have been.
        var isHead = false
        /// Nothing follows on this connection.
        var closes = false
        /// An HTTP/1.0 peer asked for the connection to stay, and must be told that it does.
        var tellsKeepAlive = false

        var isPlain: Bool { !isHead && !closes && !tellsKeepAlive && framing == .length }
    }

    static let continueAnswer: StaticString = "HTTP/1.1 100 Continue\r\n\r\n"

    private let timers: LoopTimers
    private let dateField = ByteBuffer()
    private let noContent = ByteBuffer()
    private var second: UInt64 = .max

    init(timers: LoopTimers) { self.timers = timers }

    /// Has the date brought up to `now`, on the monotonic clock; it may lag by a second, which a date may.
    func refresh(_ now: Tick) {
        let second = now.milliseconds / 1000
        if second != self.second { build(second) }
    }

    /// Adds an answer to `output`.
    func append(_ response: HTTPResponse, _ options: Options, to output: ByteBuffer) {
        if response.status == 204, options.isPlain, response.fields.utf8CodeUnitCount == 0,
            response.moreFields == nil
        {
            return unsafe output.append(UnsafeRawBufferPointer(noContent.bytes))
        }
        appendHead(response, options, to: output)
        if options.isHead { return }
        switch response.body {
        case .none: break
        case .text(let text): output.append(text)
        case .bytes(let bytes): output.append(bytes)
        }
    }

    private func appendHead(_ response: HTTPResponse, _ options: Options, to output: ByteBuffer) {
        precondition((200...599).contains(response.status), "an answer's status is 200 to 599")
        if let line = HTTPStatus.line(response.status) {
            output.append(line)
        } else {
            output.append("HTTP/1.1 ")
            output.append(decimal: response.status)
            output.append(" Status\r\n")
        }
        unsafe output.append(UnsafeRawBufferPointer(dateField.bytes))
        if response.contentType.utf8CodeUnitCount > 0 {
            output.append("Content-Type: ")
            output.append(response.contentType)
            output.append("\r\n")
        }
        appendFraming(response, options, to: output)
        output.append(response.fields)
        if let more = response.moreFields { output.append(more) }
        if options.closes {
            output.append("Connection: close\r\n")
        } else if options.tellsKeepAlive {
            output.append("Connection: keep-alive\r\n")
        }
        output.append("\r\n")
    }

    private func appendFraming(_ response: HTTPResponse, _ options: Options, to output: ByteBuffer) {
        // Neither may have a length, nor a body (RFC 9110, 8.6).
        guard response.status != 204, response.status != 304 else {
            let isEmpty = response.body.count == 0 && options.framing == .length
            return precondition(isEmpty, "an answer of status 204 or 304 has no body")
        }
        switch options.framing {
        case .length:
            output.append("Content-Length: ")
            output.append(decimal: response.body.count)
            output.append("\r\n")
        case .chunks: output.append("Transfer-Encoding: chunked\r\n")
        case .endOfConnection: break
        }
    }

    private func build(_ second: UInt64) {
        self.second = second
        dateField.removeAll()
        dateField.append("Date: ")
        HTTPDate.append(timers.wallNow.seconds, to: dateField)
        dateField.append("\r\n")
        noContent.removeAll()
        noContent.append("HTTP/1.1 204 No Content\r\n")
        unsafe noContent.append(UnsafeRawBufferPointer(dateField.bytes))
        noContent.append("\r\n")
    }
}
