import Reactor
import TestKit
import Testing

/// A server whose one answer is a stream that the test writes.
private final class StreamHarness {
    let http: HTTPHarness
    private(set) var stream: HTTPStream?
    private(set) var roomCalls = 0
    private(set) var endCalls = 0

    init(limits: Limits = Limits()) {
        http = HTTPHarness(limits: limits)
        http.handler.answer = { [unowned self] request, ticket in
            guard unsafe request.path.elementsEqual("/stream".utf8) else { return .respond(.noContent) }
            stream = ticket.stream(
                HTTPResponse(status: 200, contentType: "text/plain"), onRoom: { self.roomCalls += 1 },
                onEnd: { self.endCalls += 1 })
            return .later
        }
    }

    func open(_ head: String = "GET /stream HTTP/1.1\r\nHost: x") -> FakeTransport {
        let transport = http.connect()
        transport.receive(head + "\r\n\r\n")
        return transport
    }

    func write(_ text: String) { http.driver.onLoop { stream?.write(Array(text.utf8)) } }
}

@Suite("answers that are sent piece by piece")
struct HTTPStreamTests {
    @Test("the pieces go out as chunks, at once, and the connection goes on behind the last")
    func chunks() throws {
        let harness = StreamHarness()
        let transport = harness.open()
        #expect(transport.sentText.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(transport.sentText.hasSuffix("Transfer-Encoding: chunked\r\n\r\n"))
        #expect(!transport.sentText.contains("Content-Length"))
        transport.forgetSent()
        harness.write("hello")
        #expect(transport.sentText == "5\r\nhello\r\n")
        harness.write("")
        #expect(transport.sentText == "5\r\nhello\r\n", "an empty piece would be the end")
        harness.write(String(repeating: "x", count: 26))
        #expect(transport.sentText.hasPrefix("5\r\nhello\r\n1a\r\nxxx"))
        transport.forgetSent()
        transport.receive("GET /other HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(transport.sent.isEmpty, "answers leave in the order of the requests")
        harness.http.driver.onLoop { harness.stream?.end() }
        #expect(transport.sentText.hasPrefix("0\r\n\r\nHTTP/1.1 204 "))
        transport.forgetSent()
        harness.write("late")
        #expect(transport.sent.isEmpty && !transport.isClosed && harness.endCalls == 0)
    }

    @Test("on HTTP/1.0 there are no chunks, and the end of the connection is the end of the body")
    func version10() {
        let harness = StreamHarness()
        let transport = harness.open("GET /stream HTTP/1.0\r\nConnection: keep-alive")
        #expect(
            !transport.sentText.contains("chunked") && transport.sentText.contains("Connection: close\r\n"))
        transport.forgetSent()
        harness.write("hello")
        #expect(transport.sentText == "hello")
        harness.http.driver.onLoop { harness.stream?.end() }
        #expect(transport.sentText == "hello" && transport.hasEndedWriting)
    }

    @Test("HEAD has the head alone, and the connection goes on")
    func head() {
        let harness = StreamHarness()
        let transport = harness.open("HEAD /stream HTTP/1.1\r\nHost: x")
        #expect(harness.stream == nil)
        #expect(transport.sentText.hasSuffix("Transfer-Encoding: chunked\r\n\r\n"))
        transport.forgetSent()
        transport.receive("GET /other HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(statuses(transport.sent) == [204])
    }

    @Test("a peer that does not keep up is told of by `hasRoom`, and its catching up by a call")
    func backPressure() {
        var limits = Limits()
        limits.writeQueueBytes = 1000
        let harness = StreamHarness(limits: limits)
        let transport = harness.open()
        transport.room = 0
        harness.write(String(repeating: "x", count: 600))
        #expect(harness.stream?.hasRoom == true)
        harness.write(String(repeating: "x", count: 600))
        #expect(harness.stream?.hasRoom == false && harness.roomCalls == 0)
        transport.take()
        #expect(harness.stream?.hasRoom == true && harness.roomCalls == 1)
    }

    @Test(
        "a peer that takes nothing for the idle timeout is closed, one that takes all stays as long as it likes"
    )
    func stalled() {
        let harness = StreamHarness()
        let transport = harness.open()
        for _ in 0..<10 {
            harness.http.advance(milliseconds: 60_000)
            harness.write("x")
        }
        #expect(!transport.isClosed)
        transport.room = 0
        harness.write("y")
        harness.http.advance(milliseconds: 60_000)
        harness.write("z")
        #expect(!transport.isClosed)
        harness.http.advance(milliseconds: 16_000)
        #expect(transport.isClosed)
        transport.settle()
        #expect(harness.endCalls == 1 && harness.http.server.counters.open == 0)
    }

    @Test("a peer that goes ends the stream, once", arguments: [true, false])
    func gone(byReset: Bool) {
        let harness = StreamHarness()
        let transport = harness.open()
        if byReset { transport.receiveReset() } else { transport.receiveEnd() }
        #expect(transport.isGone && harness.endCalls == 1)
        harness.write("x")
        harness.http.driver.onLoop { harness.stream?.end() }
        #expect(harness.endCalls == 1)
    }

    @Test("a server that stops ends its streams, and is stopped then")
    func stop() {
        let harness = StreamHarness()
        let transport = harness.open()
        transport.forgetSent()
        var isStopped = false
        harness.http.driver.onLoop { harness.http.server.stop { isStopped = true } }
        #expect(transport.sentText == "0\r\n\r\n" && harness.endCalls == 1)
        transport.receiveEnd()
        #expect(isStopped)
    }
}
