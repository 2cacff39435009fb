import Reactor
import TestKit

/// What a handler saw of a request, copied out while it was valid.
struct SeenRequest: Equatable, CustomStringConvertible {
    var method: HTTPMethod
    var path: String
    var query: String?
    var body: String

    init(_ method: HTTPMethod, _ path: String, query: String? = nil, body: String = "") {
        self.method = method
        self.path = path
        self.query = query
        self.body = body
    }

    init(_ request: HTTPRequest) {
        method = request.method
        path = unsafe String(decoding: request.path, as: UTF8.self)
        query = unsafe request.query.map { unsafe String(decoding: $0, as: UTF8.self) }
        body = unsafe String(decoding: request.body, as: UTF8.self)
    }

    var description: String { "\(method) \(path) \(query ?? "-") '\(body)'" }
}

/// A handler that writes down what it sees and answers as the test says.
final class RecordingHandler: RequestHandler {
    var seen: [SeenRequest] = []
    var tickets: [RequestTicket] = []
    var answer: (HTTPRequest, RequestTicket) -> Handling = { _, _ in .respond(.noContent) }

    func handle(_ request: HTTPRequest, _ ticket: RequestTicket) -> Handling {
        seen.append(SeenRequest(request))
        tickets.append(ticket)
        return answer(request, ticket)
    }

    func refuseBody(_ request: HTTPRequest) -> HTTPResponse {
        .json(status: 400, Array("{\"errorCode\":\"ERR_BODY_READ\"}".utf8))
    }
}

/// A server on a clock that stands still, with peers that the test plays.
final class HTTPHarness {
    let driver = VirtualDriver(startingAt: WallTime(seconds: 784_111_777), seed: 1)
    let executor: LoopExecutor
    let network: Network
    let handler = RecordingHandler()
    let server: HTTPServer

    init(limits: Limits = Limits()) {
        executor = LoopExecutor(driver: driver)
        network = Network(timers: executor.timers)
        server = HTTPServer(network: network, limits: limits, handler: handler)
    }

    /// A new connection.
    func connect() -> FakeTransport {
        let transport = FakeTransport()
        driver.onLoop { server.accepted(transport) }
        return transport
    }

    func advance(milliseconds: UInt64) { driver.advance(milliseconds: milliseconds) }

    /// What one connection makes of `input` when it comes in pieces that end at `cuts`.
    func run(_ input: [UInt8], cuts: [Int]) -> (seen: [SeenRequest], transport: FakeTransport) {
        handler.seen = []
        let transport = connect()
        var start = 0
        for cut in cuts.filter({ $0 < input.count }) + [input.count] where cut > start {
            transport.receive(Array(input[start..<cut]))
            start = cut
        }
        return (handler.seen, transport)
    }
}

/// All ways to cut an input that a parser is most likely to trip over: whole, in two at every place, byte by byte.
func allCuts(of count: Int) -> [[Int]] {
    [[]] + (1..<max(count, 2)).map { [$0] } + [Array(1..<max(count, 2))]
}

/// The statuses of the answers in what a server sent.
func statuses(_ sent: [UInt8]) -> [Int] {
    let text = String(decoding: sent, as: UTF8.self)
    return text.ranges(of: "HTTP/1.1 ").compactMap { Int(text[$0.upperBound...].prefix(3)) }
}
