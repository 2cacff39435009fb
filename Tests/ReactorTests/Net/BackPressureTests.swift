import Reactor
import TestKit
import Testing

private let get = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"

@Suite struct BackPressureTests {
    private func harness(answer bytes: Int, limit: Int = 1000) -> HTTPHarness {
        var limits = Limits()
        limits.writeQueueBytes = limit
        let harness = HTTPHarness(limits: limits)
        let body = [UInt8](repeating: UInt8(ascii: "b"), count: bytes)
        harness.handler.answer = { _, _ in .respond(HTTPResponse(status: 200, body: .bytes(body))) }
        return harness
    }

    @Test("an answer that the socket takes in pieces arrives whole and in order", arguments: [0, 1, 7, 100])
    func shortWrites(_ room: Int) {
        let harness = harness(answer: 500)
        let transport = harness.connect()
        transport.room = room
        transport.receive(get + get)
        #expect(transport.sent.count == room)
        for _ in 0..<2000 { transport.take(1) }
        let whole = harness.connect()
        whole.receive(get + get)
        #expect(transport.sent == whole.sent)
    }

    @Test("a peer that does not read is not read either, until half of the limit is left")
    func reading() {
        let harness = harness(answer: 600)
        let transport = harness.connect()
        transport.room = 0
        transport.receive(get)
        #expect(transport.isReading)
        transport.receive(get)
        #expect(!transport.isReading)
        transport.receive(get)
        #expect(harness.handler.seen.count == 2)
        // The first write is under way, the second waits behind it.
        transport.take(700)
        #expect(!transport.isReading)
        transport.take()
        #expect(transport.isReading)
        transport.receive(get)
        #expect(harness.handler.seen.count == 4)
    }

    @Test("requests of one read that meet a full queue wait in memory and are answered when it is short")
    func pipelineOverLimit() {
        let harness = harness(answer: 70_000)
        let transport = harness.connect()
        transport.room = 0
        transport.receive(get + get + get)
        #expect(harness.handler.seen.count == 1)
        transport.take()
        #expect(harness.handler.seen.count == 3)
        #expect(statuses(transport.sent) == [200, 200, 200])
    }

    @Test("a peer that ends while its requests wait gets all answers")
    func endOverLimit() {
        let harness = harness(answer: 70_000)
        let transport = harness.connect()
        transport.room = 0
        transport.receive(get + get)
        transport.receiveEnd()
        #expect(!transport.isClosed)
        transport.take()
        transport.receive([])
        #expect(statuses(transport.sent) == [200, 200])
        #expect(transport.isGone)
    }

    @Test("a connection that is to close sends what waits first")
    func closeAfterFlush() {
        let harness = harness(answer: 100)
        let transport = harness.connect()
        transport.room = 10
        transport.receive("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        #expect(!transport.isClosed)
        transport.take()
        #expect(transport.isGone)
        #expect(transport.sentText.hasSuffix("bbb"))
    }

    @Test("a peer that never reads its answer is cut off after the idle timeout")
    func stalledPeer() {
        let harness = harness(answer: 5000)
        let transport = harness.connect()
        transport.room = 0
        transport.receive(get)
        harness.advance(milliseconds: 74_999)
        #expect(!transport.isClosed)
        harness.advance(milliseconds: 1)
        #expect(transport.isClosed)
    }

    @Test("a reset in the middle of anything ends the connection and nothing else")
    func resets() {
        let harness = harness(answer: 100)
        let other = harness.connect()
        let whileReading = harness.connect()
        whileReading.receive("GET / HT")
        whileReading.receiveReset()
        let whileWriting = harness.connect()
        whileWriting.isReset = true
        whileWriting.receive(get)
        let whileQueued = harness.connect()
        whileQueued.room = 3
        whileQueued.receive(get)
        whileQueued.receiveReset()
        for transport in [whileReading, whileWriting, whileQueued] { #expect(transport.isGone) }
        #expect(harness.server.counters.open == 1)
        other.receive(get)
        #expect(statuses(other.sent) == [200])
    }
}
