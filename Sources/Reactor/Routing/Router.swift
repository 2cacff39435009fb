/// Sends each request to the handler of its verb and path: a table of verbs over a trie of paths.
///
/// Paths are routed as raw bytes with their percent-escapes kept. Empty, `.` and `..` segments are cleaned away first,
/// and one slash at the end is passed over. What no route fits, by its path or its verb, goes to the fallback.
package final class Router: RequestHandler {
    /// Answers a request; see `RequestHandler.handle`.
    package typealias Route = (HTTPRequest, RouteParameters, RequestTicket) -> Handling

    private struct Verbs {
        var routes = [Int?](repeating: nil, count: HTTPMethod.count)
    }

    private let fallback: (HTTPRequest, RequestTicket) -> Handling
    private let bodyRefusal: (HTTPRequest) -> HTTPResponse
    private let gate: (HTTPRequest) -> HTTPResponse?
    private var trie = RouteTrie()
    private var verbs: [Verbs] = []
    /// The pattern of each route's path, by the number that an observer is told.
    package private(set) var patterns: [StaticString] = []
    private var routes: [Route] = []
    private let cleaned = ByteBuffer()

    /// `gate` is asked about each request before any route sees it, and answers those that may not pass;
    /// `bodyRefusal` words the answer to a request whose body is over the limit.
    package init(
        gate: @escaping (HTTPRequest) -> HTTPResponse? = { _ in nil },
        fallback: @escaping (HTTPRequest, RequestTicket) -> Handling,
        bodyRefusal: @escaping (HTTPRequest) -> HTTPResponse
    ) {
        self.gate = gate
        self.fallback = fallback
        self.bodyRefusal = bodyRefusal
    }

    /// Adds a route.
    ///
    /// A pattern's segments are literal, or a name in braces that stands for any one segment.
    package func add(_ method: HTTPMethod, _ pattern: StaticString, _ route: @escaping Route) {
        let index = trie.insert(pattern, value: verbs.count)
        if index == verbs.count {
            verbs.append(Verbs())
            patterns.append(pattern)
        }
        let verb = Int(method.rawValue)
        precondition(verbs[index].routes[verb] == nil, "a route is added once")
        verbs[index].routes[verb] = routes.count
        routes.append(route)
    }

    package func handle(_ request: HTTPRequest, _ ticket: RequestTicket) -> Handling {
        if let refusal = gate(request) { return .respond(refusal) }
        var path = unsafe request.path
        if unsafe PathCleaning.isNeeded(MessageBytes(path)) {
            unsafe PathCleaning.clean(MessageBytes(path), into: cleaned)
            unsafe path = UnsafeRawBufferPointer(cleaned.bytes)
        }
        var parameters = unsafe RouteParameters(path: path)
        guard unsafe path.first == UInt8(ascii: "/"),
            let found = unsafe trie.find(MessageBytes(path), &parameters),
            let route = verbs[found].routes[Int(request.method.rawValue)]
        else { return fallback(request, ticket) }
        request.note(route: found)
        return routes[route](request, parameters, ticket)
    }

    package func refuseBody(_ request: HTTPRequest) -> HTTPResponse { bodyRefusal(request) }
}
