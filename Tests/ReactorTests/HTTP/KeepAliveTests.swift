import Reactor
import TestKit
import Testing

private let get = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"

/// A request, and whether the connection outlives its answer.
struct KeepAliveCase: Sendable, CustomTestStringConvertible {
    let head: String
    let stays: Bool
    let says: String?

    var testDescription: String { head }
}

@Suite struct KeepAliveTests {
    static let cases = [
        KeepAliveCase(head: "GET / HTTP/1.1\r\nHost: x", stays: true, says: nil),
        KeepAliveCase(head: "GET / HTTP/1.1\r\nHost: x\r\nConnection: keep-alive", stays: true, says: nil),
        KeepAliveCase(head: "GET / HTTP/1.1\r\nHost: x\r\nConnection: close", stays: false, says: "close"),
        KeepAliveCase(
            head: "GET / HTTP/1.1\r\nHost: x\r\nConnection: TE, Close", stays: false, says: "close"),
        KeepAliveCase(head: "GET / HTTP/1.0", stays: false, says: "close"),
        KeepAliveCase(head: "GET / HTTP/1.0\r\nConnection: Keep-Alive", stays: true, says: "keep-alive"),
    ]

    @Test("the connection stays or goes as the request asks, and the answer says so", arguments: cases)
    func persistence(_ example: KeepAliveCase) {
        let harness = HTTPHarness()
        let transport = harness.connect()
        transport.receive(example.head + "\r\n\r\n")
        #expect(statuses(transport.sent) == [204])
        #expect(transport.isClosed == !example.stays)
        let said = transport.sentText.split(separator: "\r\n").first { $0.hasPrefix("Connection: ") }
        #expect(said.map { String($0.dropFirst(12)) } == example.says)
    }

    @Test("the answers to requests that came in one read leave in one write")
    func coalescing() {
        let harness = HTTPHarness()
        let transport = harness.connect()
        transport.receive(get + get + get)
        #expect(statuses(transport.sent) == [204, 204, 204])
        #expect(transport.writeCount == 1)
    }

    @Test("what follows a request that closes is not looked at")
    func nothingAfterClose() {
        let harness = HTTPHarness()
        let transport = harness.connect()
        transport.receive("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" + get)
        #expect(harness.handler.seen.count == 1)
        #expect(transport.isGone)
    }

    @Test("answers that come later leave in the order of the requests, one request at a time")
    func later() {
        let harness = HTTPHarness()
        harness.handler.answer = { _, _ in .later }
        let transport = harness.connect()
        transport.receive(
            "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\nGET /3 HTTP/1.1\r\nHo")
        #expect(harness.handler.seen.map(\.path) == ["/1"])
        #expect(transport.sent.isEmpty)
        harness.handler.tickets[0].respond(with: HTTPResponse(status: 200))
        #expect(harness.handler.seen.map(\.path) == ["/1", "/2"])
        transport.receive("st: x\r\n\r\n")
        harness.handler.tickets[1].respond(with: HTTPResponse(status: 201))
        harness.handler.tickets[2].respond(with: HTTPResponse(status: 202))
        #expect(harness.handler.seen.map(\.path) == ["/1", "/2", "/3"])
        #expect(statuses(transport.sent) == [200, 201, 202])
    }

    @Test("an answer is taken once, and never for another request")
    func staleTickets() {
        let harness = HTTPHarness()
        harness.handler.answer = { _, _ in .later }
        let transport = harness.connect()
        transport.receive(get)
        let first = harness.handler.tickets[0]
        first.respond(with: .noContent)
        first.respond(with: .noContent)
        transport.receive(get)
        first.respond(with: .noContent)
        #expect(statuses(transport.sent) == [204])
        transport.receiveReset()
        #expect(transport.isGone)
        let second = harness.connect()
        second.receive(get)
        harness.handler.tickets[1].respond(with: .noContent)
        #expect(second.sent.isEmpty, "the place in the table is the same, the connection is not")
        harness.handler.tickets[2].respond(with: .noContent)
        #expect(statuses(second.sent) == [204])
    }

    @Test("an answer that comes while its handler still runs is the answer")
    func answerDuringTheCall() {
        let harness = HTTPHarness()
        harness.handler.answer = { _, ticket in
            ticket.respond(with: HTTPResponse(status: 200))
            return .later
        }
        let transport = harness.connect()
        transport.receive(get + get)
        #expect(statuses(transport.sent) == [200, 200])
        #expect(transport.writeCount == 1)
    }

    @Test("a handler may answer another connection's request in the middle of its own")
    func answersCross() {
        let harness = HTTPHarness()
        harness.handler.answer = { _, _ in .later }
        let waiting = harness.connect()
        waiting.receive(get)
        let ticket = harness.handler.tickets[0]
        harness.handler.answer = { _, _ in
            ticket.respond(with: HTTPResponse(status: 201))
            return .respond(HTTPResponse(status: 202))
        }
        let other = harness.connect()
        other.receive(get + get)
        #expect(statuses(waiting.sent) == [201])
        #expect(statuses(other.sent) == [202, 202])
    }

    @Test("a peer that has ended its side gets the answers it is owed, and then the end")
    func halfClose() {
        let harness = HTTPHarness()
        harness.handler.answer = { _, _ in .later }
        let transport = harness.connect()
        transport.receive(get + get)
        transport.receiveEnd()
        #expect(!transport.isClosed)
        harness.handler.tickets[0].respond(with: .noContent)
        #expect(!transport.isClosed)
        harness.handler.tickets[1].respond(with: .noContent)
        transport.settle()
        #expect(statuses(transport.sent) == [204, 204])
        #expect(transport.isGone)
    }

    @Test(
        "a peer that ends between requests, or within one, is let go without a word",
        arguments: ["", "GET / HT", get])
    func endOfInput(_ input: String) {
        let harness = HTTPHarness()
        let transport = harness.connect()
        if !input.isEmpty { transport.receive(input) }
        transport.receiveEnd()
        #expect(transport.isGone)
        #expect(harness.server.counters.open == 0)
        #expect(statuses(transport.sent) == (input == get ? [204] : []))
    }

    @Test("HEAD is answered with the head that GET would have had")
    func head() {
        let harness = HTTPHarness()
        harness.handler.answer = { _, _ in .respond(.json(status: 200, Array("{}".utf8))) }
        let transport = harness.connect()
        transport.receive("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(
            transport.sentText
                == "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: application/json\r\n"
                + "Content-Length: 2\r\n\r\n")
    }

    @Test("the date follows the clock")
    func date() {
        let harness = HTTPHarness()
        let transport = harness.connect()
        transport.receive(get)
        harness.advance(milliseconds: 1000)
        transport.receive(get)
        #expect(
            transport.sentText
                == "HTTP/1.1 204 No Content\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n"
                + "HTTP/1.1 204 No Content\r\nDate: Sun, 06 Nov 1994 08:49:38 GMT\r\n\r\n")
    }

    @Test("a stop closes what is idle, finishes what has begun, and says when it is over")
    func drain() {
        let harness = HTTPHarness()
        let idle = harness.connect()
        let receiving = harness.connect()
        receiving.receive("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\na")
        let answering = harness.connect()
        harness.handler.answer = { _, _ in .later }
        answering.receive(get)
        var isStopped = false
        harness.server.stop { isStopped = true }
        #expect(idle.isClosed)
        idle.settle()
        receiving.receive("b")
        #expect(harness.handler.seen.last == SeenRequest(.post, "/a", body: "ab"))
        harness.handler.tickets[1].respond(with: .noContent)
        harness.handler.tickets[0].respond(with: .noContent)
        for transport in [receiving, answering] {
            #expect(!isStopped)
            #expect(transport.sentText.contains("Connection: close\r\n"))
            #expect(transport.hasEndedWriting)
            transport.receive("a request that nobody will read")
            transport.receiveEnd()
        }
        #expect(isStopped)
        #expect(harness.server.counters.open == 0)
    }

    @Test("what a stop cannot finish in time is cut off")
    func drainTimeout() {
        let harness = HTTPHarness()
        harness.handler.answer = { _, _ in .later }
        let transport = harness.connect()
        transport.receive(get)
        var isStopped = false
        harness.driver.onLoop { harness.server.stop { isStopped = true } }
        harness.advance(milliseconds: Limits().drainTimeout.millisecondsRoundedUp - 1)
        #expect(!transport.isClosed)
        harness.advance(milliseconds: 1)
        #expect(transport.isClosed)
        transport.settle()
        #expect(isStopped)
    }
}
