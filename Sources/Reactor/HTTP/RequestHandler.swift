/// Names one request of one connection for as long as its answer is owed, and never another one after it.
package struct RequestTicket: Sendable, Hashable {
    /// The connection's place in its server's table.
    package let connection: UInt32
    /// How often that place was used before.
    package let generation: UInt32
    /// Which request of the connection it is.
    package let request: UInt32

    package init(connection: UInt32, generation: UInt32, request: UInt32) {
        self.connection = connection
        self.generation = generation
        self.request = request
    }
}

/// What a handler has decided.
package enum Handling {
    /// The answer, at once.
    case respond(HTTPResponse)
    /// The answer follows through `HTTPServer.respond`; the connection reads no other request before it.
    case later
}

/// Who answers requests, on the loop.
package protocol RequestHandler: AnyObject {
    /// Looks at a request, which is valid during the call alone.
    func handle(_ request: HTTPRequest, _ ticket: RequestTicket) -> Handling

    /// Words the answer to a request whose body is over the limit, of which the head alone is there. The connection
    /// is closed behind it.
    func refuseBody(_ request: HTTPRequest) -> HTTPResponse
}

extension RequestHandler {
    package func refuseBody(_ request: HTTPRequest) -> HTTPResponse {
        .text(status: 413, "the body is larger than the limit\n")
    }
}
