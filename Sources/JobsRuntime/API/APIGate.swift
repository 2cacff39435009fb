internal import Reactor

/// Decides which requests may pass: the page they come from first, then the token they bring.
///
/// In this order because a browser asks beforehand, without a token, whether its page may send one. A request without
/// `Origin` to a host without a token, which is nearly every one, costs one look through its header fields.
struct APIGate {
    private let token: APIToken?
    private let origins: [(origin: WebOrigin, fields: [UInt8])]

    /// A gate that asks for `token`, if there is one, and lets the pages of `origins` in.
    init(token: APIToken?, origins: [WebOrigin]) {
        self.token = token
        self.origins = origins.map { origin in
            let value = String(decoding: origin.bytes, as: UTF8.self)
            return (origin, Array("Access-Control-Allow-Origin: \(value)\r\nVary: Origin\r\n".utf8))
        }
    }

    /// What becomes of a request; an open route asks for no token.
    func passage(_ request: HTTPRequest, isOpen: Bool) -> Router.Passage {
        guard let origin = unsafe request.header("origin"), unsafe !OriginGuard.isOwn(origin, request) else {
            return mayPass(request, isOpen: isOpen) ? .pass : .answer(Self.unauthorized)
        }
        guard let entry = origins.first(where: { unsafe $0.origin.bytes.elementsEqual(origin) }) else {
            return .answer(OriginGuard.refusal)
        }
        if request.method == .options, unsafe request.header("access-control-request-method") != nil {
            return .answer(Self.preflight.adding(entry.fields))
        }
        guard mayPass(request, isOpen: isOpen) else { return .answer(Self.unauthorized.adding(entry.fields)) }
        return .passAdding(entry.fields)
    }

    private func mayPass(_ request: HTTPRequest, isOpen: Bool) -> Bool {
        guard let token, !isOpen else { return true }
        guard let given = unsafe request.header("dapr-api-token") else { return false }
        return unsafe token.matches(given)
    }

    /// As Go's `http.Error` has it, to the byte.
    private static let unauthorized = HTTPResponse(
        status: 401, contentType: "text/plain; charset=utf-8",
        fields: "X-Content-Type-Options: nosniff\r\n", body: .text("invalid api token\n"))

    /// What a page may send: the verbs of the API, and the two header fields that it knows.
    private static let preflight = HTTPResponse(
        status: 204,
        fields:
            "Access-Control-Allow-Methods: GET, POST, PUT, DELETE\r\nAccess-Control-Allow-Headers: content-type, dapr-api-token\r\nAccess-Control-Max-Age: 600\r\n"
    )
}
