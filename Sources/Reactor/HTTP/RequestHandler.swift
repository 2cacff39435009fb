/// The way back to whoever sent a request: straight to its connection, for as long as the answer is owed.
///
/// On the loop only. An answer to a request that has been answered, or whose connection is gone, is passed over.
package struct RequestTicket {
    private let connection: HTTPServerConnection
    private let number: UInt32
    private var fields: [UInt8]?

    init(connection: HTTPServerConnection, number: UInt32) {
        self.connection = connection
        self.number = number
    }

    /// Answers a request that was to be answered later.
    package func respond(with response: HTTPResponse) {
        guard let fields else { return connection.respond(to: number, with: response) }
        connection.respond(to: number, with: response.adding(fields))
    }

    /// Begins an answer whose body follows piece by piece; the handler has said `later`, or is about to.
    ///
    /// `onRoom` is called when a peer that was too slow has caught up, `onEnd` once when the stream is over for another
    /// reason than its `end`. `nil` where there is nothing to send: the request was HEAD, and has its answer, or is gone.
    package func stream(
        _ head: HTTPResponse, onRoom: @escaping () -> Void, onEnd: @escaping () -> Void
    ) -> HTTPStream? {
        connection.beginStream(
            of: number, with: fields.map { head.adding($0) } ?? head, onRoom: onRoom, onEnd: onEnd)
    }

    /// The same ticket, which puts these header fields on the answer.
    func adding(_ fields: [UInt8]) -> RequestTicket {
        var ticket = self
        ticket.fields = fields
        return ticket
    }
}

/// What a handler has decided.
package enum Handling {
    /// The answer, at once.
    case respond(HTTPResponse)
    /// The answer follows through the ticket; the connection reads no other request before it.
    case later
}

/// Who answers requests, on the loop.
package protocol RequestHandler: AnyObject {
    /// Looks at a request, which is valid during the call alone.
    func handle(_ request: HTTPRequest, _ ticket: RequestTicket) -> Handling

    /// Answers a request whose head alone is there, if its body is not worth waiting for; `nil` waits for it. The
    /// connection is closed behind the answer.
    func refuseHead(_ request: HTTPRequest) -> HTTPResponse?

    /// Words the answer to a request whose body is over the limit, of which the head alone is there. The connection
    /// is closed behind it.
    func refuseBody(_ request: HTTPRequest) -> HTTPResponse
}

extension RequestHandler {
    package func refuseHead(_ request: HTTPRequest) -> HTTPResponse? { nil }

    package func refuseBody(_ request: HTTPRequest) -> HTTPResponse {
        .text(status: 413, "the body is larger than the limit\n")
    }
}
