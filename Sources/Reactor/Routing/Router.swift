/// Sends each request to the handler of its verb and path: a table of verbs over a trie of paths.
///
/// Paths are routed as raw bytes with their percent-escapes kept. Empty, `.` and `..` segments are cleaned away first,
/// and one slash at the end is passed over. What no route fits, by its path or its verb, goes to the fallback.
package final class Router: RequestHandler {
    /// Answers a request; see `RequestHandler.handle`.
    package typealias Route = (HTTPRequest, RouteParameters, RequestTicket) -> Handling

    /// What the gate says of a request that no route has seen yet.
    package enum Passage {
        /// It may go on.
        case pass
        /// It may go on, and its answer bears these header fields, each with its CR and LF.
        case passAdding([UInt8])
        /// It is answered here.
        case answer(HTTPResponse)
    }

    /// Looks at a request; `isOpen` says that its route is one for everybody.
    package typealias Gate = (_ request: HTTPRequest, _ isOpen: Bool) -> Passage

    private struct Verbs {
        var routes = [Int?](repeating: nil, count: HTTPMethod.count)
    }

    private let fallback: (HTTPRequest, RequestTicket) -> Handling
    private let bodyRefusal: (HTTPRequest) -> HTTPResponse
    private let gate: Gate
    private var trie = RouteTrie()
    private var verbs: [Verbs] = []
    /// The pattern of each route's path, by the number that an observer is told.
    package private(set) var patterns: [StaticString] = []
    private var routes: [(isOpen: Bool, handle: Route)] = []
    private let cleaned = ByteBuffer()

    /// `gate` is asked about each request before any route sees it, and answers those that may not pass;
    /// `bodyRefusal` words the answer to a request whose body is over the limit.
    package init(
        gate: @escaping Gate = { _, _ in .pass },
        fallback: @escaping (HTTPRequest, RequestTicket) -> Handling,
        bodyRefusal: @escaping (HTTPRequest) -> HTTPResponse
    ) {
        self.gate = gate
        self.fallback = fallback
        self.bodyRefusal = bodyRefusal
    }

    /// Adds a route.
    ///
    /// A pattern's segments are literal, or a name in braces that stands for any one segment. The gate is told which
    /// routes are open; what fits no route never is.
    package func add(
        _ method: HTTPMethod, _ pattern: StaticString, isOpen: Bool = false, _ route: @escaping Route
    ) {
        let index = trie.insert(pattern, value: verbs.count)
        if index == verbs.count {
            verbs.append(Verbs())
            patterns.append(pattern)
        }
        let verb = Int(method.rawValue)
        precondition(verbs[index].routes[verb] == nil, "a route is added once")
        verbs[index].routes[verb] = routes.count
        routes.append((isOpen, route))
    }

    /// Every verb of every pattern that was added, for whoever describes them.
    package var table: [(method: HTTPMethod, pattern: StaticString)] {
        zip(patterns, verbs).flatMap { pattern, verbs in
            HTTPMethod.allCases.filter { verbs.routes[Int($0.rawValue)] != nil }.map { ($0, pattern) }
        }
    }

    package func handle(_ request: HTTPRequest, _ ticket: RequestTicket) -> Handling {
        let path = unsafe cleanPath(of: request)
        var parameters = unsafe RouteParameters(path: path)
        let found = unsafe find(request, path, &parameters)
        switch gate(request, found.map { routes[$0].isOpen } ?? false) {
        case .pass: return call(found, request, parameters, ticket)
        case .answer(let response): return .respond(response)
        case .passAdding(let fields):
            switch call(found, request, parameters, ticket.adding(fields)) {
            case .respond(let response): return .respond(response.adding(fields))
            case .later: return .later
            }
        }
    }

    /// Who may not pass is told so before he has sent a body.
    package func refuseHead(_ request: HTTPRequest) -> HTTPResponse? {
        let path = unsafe cleanPath(of: request)
        var parameters = unsafe RouteParameters(path: path)
        let found = unsafe find(request, path, &parameters)
        guard case .answer(let response) = gate(request, found.map { routes[$0].isOpen } ?? false) else {
            return nil
        }
        return response
    }

    /// A body that is too large is no way around the gate.
    package func refuseBody(_ request: HTTPRequest) -> HTTPResponse {
        switch gate(request, false) {
        case .pass: bodyRefusal(request)
        case .passAdding(let fields): bodyRefusal(request).adding(fields)
        case .answer(let response): response
        }
    }

    private func call(
        _ found: Int?, _ request: HTTPRequest, _ parameters: RouteParameters, _ ticket: RequestTicket
    ) -> Handling {
        guard let found else { return fallback(request, ticket) }
        return routes[found].handle(request, parameters, ticket)
    }

    /// The path to route by, valid until the next request.
    private func cleanPath(of request: HTTPRequest) -> UnsafeRawBufferPointer {
        var path = unsafe request.path
        if unsafe PathCleaning.isNeeded(MessageBytes(path)) {
            unsafe PathCleaning.clean(MessageBytes(path), into: cleaned)
            unsafe path = UnsafeRawBufferPointer(cleaned.bytes)
        }
        return unsafe path
    }

    private func find(
        _ request: HTTPRequest, _ path: UnsafeRawBufferPointer, _ parameters: inout RouteParameters
    ) -> Int? {
        guard unsafe path.first == UInt8(ascii: "/"),
            let pattern = unsafe trie.find(MessageBytes(path), &parameters)
        else { return nil }
        guard let route = verbs[pattern].routes[Int(request.method.rawValue)] else { return nil }
        request.note(route: pattern)
        return route
    }
}
