/// An answer, built without touching memory where it has no body or one that is known in advance.
package struct HTTPResponse: Sendable {
    /// What follows the head.
    package enum Body: Sendable {
        case none
        /// Text that is known when the program is built.
        case text(StaticString)
        case bytes([UInt8])

        /// How long it is.
        var count: Int {
            switch self {
            case .none: 0
            case .text(let text): text.utf8CodeUnitCount
            case .bytes(let bytes): bytes.count
            }
        }
    }

    /// The status, 200 to 599.
    package var status: Int
    /// The media type of the body; empty where there is none.
    package var contentType: StaticString
    /// More header fields, as they go over the wire: each with its CR and LF.
    package var fields: StaticString
    /// More header fields that are known at run time only; the same shape.
    package var moreFields: [UInt8]?
    /// What follows the head.
    package var body: Body
    /// What an observer may count it by where it is an error, such as `ERR_DIRECT_INVOKE`; not sent.
    package var errorCode: String?

    package init(status: Int, contentType: StaticString = "", fields: StaticString = "", body: Body = .none) {
        self.status = status
        self.contentType = contentType
        self.fields = fields
        self.body = body
    }

    /// The same answer with these header fields behind its own.
    package func adding(_ fields: [UInt8]) -> HTTPResponse {
        var response = self
        response.moreFields = (moreFields ?? []) + fields
        return response
    }

    /// 204: done, and nothing to say of it.
    package static var noContent: HTTPResponse { HTTPResponse(status: 204) }

    /// An answer in JSON.
    package static func json(status: Int, _ text: [UInt8]) -> HTTPResponse {
        HTTPResponse(status: status, contentType: "application/json", body: .bytes(text))
    }

    /// A sentence for whoever reads the answer.
    package static func text(status: Int, _ text: StaticString) -> HTTPResponse {
        HTTPResponse(status: status, contentType: "text/plain; charset=utf-8", body: .text(text))
    }
}
