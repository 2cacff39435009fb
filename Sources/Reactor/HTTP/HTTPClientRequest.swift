/// A request to a target.
///
/// The pool adds the request line's version, `Host` and `Content-Length`.
package struct HTTPClientRequest: Sendable {
    /// The verb, such as `POST`.
    package var method: StaticString
    /// The path and query as they go over the wire.
    package var target: [UInt8]
    /// More header fields as they go over the wire: each with its CR and LF.
    package var fields: [UInt8]
    /// The body.
    package var body: [UInt8]
    /// How long the answer may take, from the moment of sending; `nil` waits without limit.
    package var timeout: Duration?

    package init(
        method: StaticString, target: [UInt8], fields: [UInt8] = [], body: [UInt8] = [],
        timeout: Duration? = nil
    ) {
        self.method = method
        self.target = target
        self.fields = fields
        self.body = body
        self.timeout = timeout
    }

    /// Whether the answer has no body, whatever its head says.
    var isHead: Bool { method.utf8CodeUnitCount == 4 && method.description == "HEAD" }

    /// Whether the length is sent: always for the verbs that mean a body, even an empty one (RFC 9110, 8.6).
    var sendsLength: Bool {
        if !body.isEmpty { return true }
        return unsafe method.utf8CodeUnitCount > 0 && method.utf8Start[0] == UInt8(ascii: "P")
    }
}

/// Takes the body of an answer piece by piece, with the answer's status.
///
/// `false` gives the answer up, and closes the connection: whoever collects a body has a limit for it.
package typealias HTTPAnswerBody = (_ status: Int, _ bytes: [UInt8]) -> Bool

/// What became of a request.
package enum HTTPClientResult: Equatable {
    /// The whole answer came; its body went to whoever wanted it.
    case response(status: Int)
    case failed(HTTPClientFailure)
}

/// Why a request has no answer, told apart by what the other side may have seen of it.
package struct HTTPClientFailure: Error, Equatable {
    /// How far it came.
    package enum Kind: Equatable {
        /// No connection was made: nobody listens, or nobody could be reached.
        case refused
        /// The connection broke before the first byte of an answer. One that had been used before may have been
        /// closed by the peer while it was idle, in which case the request was never looked at.
        case brokenBeforeAnswer(reusedConnection: Bool)
        /// The connection broke within the answer.
        case brokenWithinAnswer
        /// What came is no HTTP/1.1 answer, or its head is over the limit.
        case malformed
        /// Whoever took the answer's body wanted no more of it.
        case bodyRefused
        /// The request's own timeout has passed.
        case timedOut
        /// The pool was closed.
        case closed
    }

    /// How far it came.
    package let kind: Kind
    /// What the system said, where it said something.
    package let error: ReactorError?

    package init(_ kind: Kind, error: ReactorError? = nil) {
        self.kind = kind
        self.error = error
    }
}
