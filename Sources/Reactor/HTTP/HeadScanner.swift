/// Reads the head of a request by the letter of RFC 9112, before llhttp sees a byte of it.
///
/// llhttp 8.1 can be talked into framing a message otherwise than the hop in front of us did: it ends a line at a bare
/// CR, allows a blank before a colon, joins folded lines and asks for no Host. Each of those lets one request hide in
/// another. So nothing reaches it that is not, byte for byte, what the grammar allows, and both must then agree on
/// where the body ends.
///
/// A pure function of the message's first bytes: more bytes never turn a refusal into anything else, so it does not
/// matter where the reads were cut. One pass, about a nanosecond a byte in names and an eighth of that in values.
struct HeadScanner {
    /// How much of a head there may be.
    struct Bounds {
        var bytes: Int
        var targetBytes: Int
    }

    private let bytes: MessageBytes
    private let bounds: Bounds
    private let fields: HeaderTable
    /// Whether there are more bytes than a head may have.
    private let isCut: Bool
    private var at = 0
    private(set) var head = RequestHead()

    private static let longestMethod = 32

    /// The message starts with the first of `bytes`; its fields replace those in `fields`.
    init(_ bytes: UnsafeRawBufferPointer, bounds: Bounds, fields: HeaderTable) {
        unsafe self.bytes = MessageBytes(bytes, limit: bounds.bytes)
        self.bounds = bounds
        self.fields = fields
        isCut = bytes.count > bounds.bytes
    }

    /// Reads as much as there is.
    mutating func scan() -> HeadScan {
        fields.removeAll()
        do throws(HTTPRefusal) {
            if try scanRequestLine(), try scanFields() {
                try judge()
                return .complete(length: at)
            }
        } catch {
            return .refused(error)
        }
        return isCut ? .refused(HTTPRefusal(431, "the request's head is larger than the limit")) : .incomplete
    }

    // MARK: The request line

    private mutating func scanRequestLine() throws(HTTPRefusal) -> Bool {
        while true {
            guard at < bytes.count else { return false }
            let byte = bytes[at]
            if byte == UInt8(ascii: " "), at > 0 { break }
            guard byte.isToken else {
                throw HTTPRefusal(400, "the request does not begin with a method and a blank")
            }
            at += 1
            if at > Self.longestMethod { throw HTTPRefusal(400, "the method is too long") }
        }
        head.method = MessageSlice(0, at)
        at += 1
        let start = at
        while true {
            guard at < bytes.count else { return false }
            let byte = bytes[at]
            if byte == UInt8(ascii: " "), at > start { break }
            guard byte > 0x20, byte != 0x7F, byte != UInt8(ascii: "#") else {
                throw HTTPRefusal(
                    400, "the request's target holds a byte that must be escaped, or no version follows it")
            }
            at += 1
            if at - start > bounds.targetBytes {
                throw HTTPRefusal(414, "the request's target is longer than the limit")
            }
        }
        head.target = MessageSlice(start, at)
        at += 1
        return try scanVersion()
    }

    private mutating func scanVersion() throws(HTTPRefusal) -> Bool {
        guard bytes.count - at >= 10 else { return false }
        let isHTTP = bytes.matches("HTTP/", at: at)
        let major = bytes[at + 5]
        let minor = bytes[at + 7]
        guard isHTTP, major.isDigit, bytes[at + 6] == UInt8(ascii: "."), minor.isDigit,
            bytes[at + 8] == UInt8(ascii: "\r"), bytes[at + 9] == UInt8(ascii: "\n")
        else { throw HTTPRefusal(400, "the request line does not end with a blank, HTTP/1.1, CR and LF") }
        if bytes.matches("PRI ", at: 0) { throw HTTPRefusal(400, "HTTP/2 is not spoken on this port") }
        guard major == UInt8(ascii: "1"), minor <= UInt8(ascii: "1") else {
            throw HTTPRefusal(505, "only HTTP/1.1 and HTTP/1.0 are spoken here")
        }
        head.isVersion10 = minor == UInt8(ascii: "0")
        at += 10
        return true
    }

    // MARK: The fields

    /// Whether the empty line that ends the head was reached.
    private mutating func scanFields() throws(HTTPRefusal) -> Bool {
        while true {
            guard at < bytes.count else { return false }
            if bytes[at] == UInt8(ascii: "\r") {
                guard at + 1 < bytes.count else { return false }
                guard bytes[at + 1] == UInt8(ascii: "\n") else {
                    throw HTTPRefusal(400, "a CR stands without its LF")
                }
                at += 2
                return true
            }
            let name = at
            guard try FieldScan.name(bytes, &at) else { return false }
            let nameEnd = at
            at += 1
            guard let value = try FieldScan.value(bytes, &at) else { return false }
            let field = HeaderField(name: MessageSlice(name, nameEnd), value: value)
            guard fields.append(field) else {
                throw HTTPRefusal(431, "the request has more header fields than the limit")
            }
            try note(field)
        }
    }

    /// Looks at the fields that say how the message is framed; their names differ in length.
    private mutating func note(_ field: HeaderField) throws(HTTPRefusal) {
        let name = field.name.start
        switch field.name.count {
        case 4 where bytes.matches(lowercase: "host", at: name):
            if head.hasHost { throw HTTPRefusal(400, "Host is given twice") }
            head.hasHost = true
            guard field.value.range.allSatisfy({ bytes[$0].isHost }) else {
                throw HTTPRefusal(400, "Host is not a host and a port")
            }
        case 14 where bytes.matches(lowercase: "content-length", at: name):
            if head.contentLength != nil { throw HTTPRefusal(400, "Content-Length is given twice") }
            guard let length = bytes.decimal(field.value) else {
                throw HTTPRefusal(400, "Content-Length is not a number")
            }
            head.contentLength = length
        case 17 where bytes.matches(lowercase: "transfer-encoding", at: name):
            if head.isChunked { throw HTTPRefusal(400, "Transfer-Encoding is given twice") }
            try noteCoding(field.value)
        case 6 where bytes.matches(lowercase: "expect", at: name):
            guard field.value.count == 12, bytes.matches(lowercase: "100-continue", at: field.value.start)
            else { throw HTTPRefusal(417, "nothing but 100-continue can be expected") }
            head.expectsContinue = true
        default: break
        }
    }

    /// `chunked` alone is understood.
    ///
    /// Another coding under it is well formed but unknown here; everything else leaves the end of the body in
    /// doubt (RFC 9112, 6.1 and 6.3).
    private mutating func noteCoding(_ value: MessageSlice) throws(HTTPRefusal) {
        let start = value.start
        let chunked = 7
        if value.count == chunked, bytes.matches(lowercase: "chunked", at: start) {
            head.isChunked = true
            return
        }
        let end = value.end
        if value.count > chunked, bytes.matches(lowercase: "chunked", at: end - chunked),
            bytes[end - chunked - 1].isBlank || bytes[end - chunked - 1] == UInt8(ascii: ","),
            !bytes.matches(lowercase: "chunked", at: start)
        {
            throw HTTPRefusal(501, "chunked is the only transfer coding that is understood here")
        }
        throw HTTPRefusal(400, "Transfer-Encoding does not end with chunked, or has it twice")
    }

    // MARK: The whole

    /// The rules that concern more than one line.
    private mutating func judge() throws(HTTPRefusal) {
        if !head.hasHost, !head.isVersion10 { throw HTTPRefusal(400, "Host is missing") }
        if head.isChunked {
            if head.contentLength != nil {
                throw HTTPRefusal(400, "Content-Length and Transfer-Encoding are both given")
            }
            if head.isVersion10 { throw HTTPRefusal(400, "HTTP/1.0 has no Transfer-Encoding") }
        }
        let start = head.target.start
        let end = head.target.end
        if head.method.count == 7, bytes.matches("CONNECT", at: 0) {
            throw HTTPRefusal(501, "this is not a proxy")
        }
        if bytes[start] == UInt8(ascii: "/") {
            splitTarget(pathStart: start, end: end)
        } else if head.target.count == 1, bytes[start] == UInt8(ascii: "*") {
            guard head.method.count == 7, bytes.matches("OPTIONS", at: 0) else {
                throw HTTPRefusal(400, "only OPTIONS may ask for *")
            }
            head.path = head.target
        } else {
            splitTarget(pathStart: try authorityEnd(start, end), end: end)
        }
    }

    /// Where the path of an absolute target begins; whom it names is of no interest, every host is this one.
    private func authorityEnd(_ start: Int, _ end: Int) throws(HTTPRefusal) -> Int {
        var authority = start
        if end - start > 7, bytes.matches(lowercase: "http://", at: start) {
            authority += 7
        } else if end - start > 8, bytes.matches(lowercase: "https://", at: start) {
            authority += 8
        } else {
            throw HTTPRefusal(400, "the request's target is neither a path nor an http URL")
        }
        let query = bytes.firstIndex(of: UInt8(ascii: "?"), from: authority, to: end)
        let path = bytes.firstIndex(of: UInt8(ascii: "/"), from: authority, to: query)
        if path == authority { throw HTTPRefusal(400, "the request's target names no host") }
        return path
    }

    private mutating func splitTarget(pathStart: Int, end: Int) {
        let question = bytes.firstIndex(of: UInt8(ascii: "?"), from: pathStart, to: end)
        head.path = MessageSlice(pathStart, question)
        if question < end { head.query = MessageSlice(question + 1, end) }
    }
}

/// What a scanner says of the bytes that are there so far.
enum HeadScan {
    case incomplete
    /// The head is well formed and this long.
    case complete(length: Int)
    case refused(HTTPRefusal)
}
