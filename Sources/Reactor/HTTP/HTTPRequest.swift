/// A request as its handler sees it, while the call lasts.
///
/// One object serves all requests of a server, one after the other. Everything it lends lies in the buffer that the
/// socket was read into: copy what is to outlive the call.
@safe package final class HTTPRequest {
    private let bounds: HeadScanner.Bounds
    private let fields: HeaderTable
    private var head = RequestHead()
    private var verb = HTTPMethod.other
    private var message = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    private var bodyBytes = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    /// The route that took it, for the server's observer; `nil` until one has.
    private(set) var route: Int?

    package init(limits: Limits) {
        bounds = HeadScanner.Bounds(bytes: limits.headerBlockBytes, targetBytes: limits.requestTargetBytes)
        fields = HeaderTable(capacity: limits.headerFields)
    }

    /// The verb.
    package var method: HTTPMethod { verb }

    /// The path as sent, its percent-escapes kept, without the query; `*` for the server as a whole.
    package var path: UnsafeRawBufferPointer {
        if head.path.count == 0 { return unsafe Self.root }
        return unsafe slice(head.path)
    }

    /// What follows the first question mark; `nil` if there is none.
    package var query: UnsafeRawBufferPointer? {
        guard let query = head.query else { return nil }
        return unsafe slice(query)
    }

    /// The body, its chunks joined.
    ///
    /// 64 readable bytes follow its last one.
    package var body: UnsafeRawBufferPointer { unsafe bodyBytes }

    /// Whether the request is of HTTP/1.0.
    package var isVersion10: Bool { head.isVersion10 }

    /// The value of the first header field of a name, which is given in lower case.
    package func header(_ lowercaseName: StaticString) -> UnsafeRawBufferPointer? {
        let bytes = unsafe MessageBytes(message)
        for index in 0..<fields.count {
            let field = fields[index]
            if field.name.count == lowercaseName.utf8CodeUnitCount,
                bytes.matches(lowercase: lowercaseName, at: field.name.start)
            {
                return unsafe slice(field.value)
            }
        }
        return nil
    }

    // MARK: The parser's side

    /// How many bytes the method has, which come first in the message.
    var methodLength: Int { head.method.count }
    var contentLength: Int? { head.contentLength }
    var isChunked: Bool { head.isChunked }
    var expectsContinue: Bool { head.expectsContinue }

    /// Reads the head at the front of `message`, and looks at that memory from now on.
    func scan(_ message: UnsafeRawBufferPointer) -> HeadScan {
        var scanner = unsafe HeadScanner(message, bounds: bounds, fields: fields)
        let result = scanner.scan()
        head = scanner.head
        route = nil
        unsafe self.message = message
        unsafe bodyBytes = UnsafeRawBufferPointer(start: nil, count: 0)
        return result
    }

    /// Says which route takes it.
    func note(route: Int) { self.route = route }

    /// Completes what `scan` has read.
    func complete(method: HTTPMethod, body: UnsafeRawBufferPointer) {
        verb = method
        unsafe bodyBytes = body
    }

    private func slice(_ slice: MessageSlice) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(rebasing: message[slice.range])
    }

    private static var root: UnsafeRawBufferPointer {
        let slash: StaticString = "/"
        return unsafe UnsafeRawBufferPointer(start: slash.utf8Start, count: slash.utf8CodeUnitCount)
    }
}
