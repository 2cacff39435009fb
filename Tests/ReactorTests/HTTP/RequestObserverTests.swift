import Reactor
import TestKit
import Testing

@Suite("An observer of a server is told of every answer")
struct RequestObserverTests {
    private final class Observer: RequestObserver {
        var seen: [String] = []

        func answered(_ request: AnsweredRequest, with response: HTTPResponse) {
            seen.append(
                "\(request.route.map(String.init) ?? "-") \(request.method) \(response.status) "
                    + "\(request.milliseconds) \(response.errorCode ?? "-")")
        }
    }

    private final class Later {
        var tickets: [RequestTicket] = []
    }

    private let driver = VirtualDriver(startingAt: WallTime(seconds: 784_111_777), seed: 1)
    private let executor: LoopExecutor
    private let server: HTTPServer
    private let observer = Observer()
    private let later = Later()

    init() {
        executor = LoopExecutor(driver: driver)
        let router = Router(
            fallback: { _, _ in
                var response = HTTPResponse(status: 404)
                response.errorCode = "ERR_NO_ROUTE"
                return .respond(response)
            },
            bodyRefusal: { _ in HTTPResponse(status: 413) })
        router.add(.get, "/now") { _, _, _ in .respond(.noContent) }
        router.add(.post, "/later/{name}") { [later] _, _, ticket in
            later.tickets.append(ticket)
            return .later
        }
        var limits = Limits()
        limits.bodyBytes = 8
        server = HTTPServer(network: Network(timers: executor.timers), limits: limits, handler: router)
        #expect(router.patterns.map(\.description) == ["/now", "/later/{name}"])
        server.observe(with: observer)
    }

    private func send(_ text: String) {
        let transport = FakeTransport()
        driver.onLoop {
            server.accepted(transport)
            transport.receive(Array(text.utf8))
        }
    }

    @Test("by its route's number, its verb and its status")
    func atOnce() {
        send("GET /now HTTP/1.1\r\nHost: a\r\n\r\nPUT /now HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
        #expect(observer.seen == ["0 get 204 0 -", "- put 404 0 ERR_NO_ROUTE"])
    }

    @Test("once it has its answer, with the time until then")
    func atLast() {
        send(
            "POST /later/x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\nGET /now HTTP/1.1\r\nHost: a\r\n\r\n"
        )
        #expect(observer.seen.isEmpty)
        driver.advance(milliseconds: 40)
        driver.onLoop { later.tickets[0].respond(with: .noContent) }
        #expect(observer.seen == ["1 post 204 40 -", "0 get 204 0 -"])
        driver.onLoop { later.tickets[0].respond(with: .noContent) }
        #expect(observer.seen.count == 2)
    }

    @Test("that it refused before a route could see it")
    func refused() {
        send("GET nonsense\r\n\r\n")
        send("POST /now HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n")
        #expect(observer.seen == ["- other 400 0 -", "- post 413 0 -"])
    }
}
