import Reactor
import TestKit
import Testing

@Suite struct LimitsTests {
    private func head(paddedTo bytes: Int) -> String {
        let frame = "GET / HTTP/1.1\r\nHost: x\r\nA: \r\n\r\n"
        let padding = String(repeating: "a", count: bytes - frame.utf8.count)
        return "GET / HTTP/1.1\r\nHost: x\r\nA: \(padding)\r\n\r\n"
    }

    @Test("a head of 4 KiB is taken, one byte more is 431", arguments: [(4096, 204), (4097, 431)])
    func headerBlock(_ bytes: Int, _ status: Int) {
        let input = Array(head(paddedTo: bytes).utf8)
        for cuts in [[], [4000], [4096], Array(stride(from: 1, to: bytes, by: 7))] {
            let (_, transport) = HTTPHarness().run(input, cuts: cuts)
            #expect(statuses(transport.sent) == [status], "cut at \(cuts)")
        }
    }

    @Test("a head that never ends is refused when it is over the limit, not kept")
    func endlessHead() {
        let harness = HTTPHarness()
        let transport = harness.connect()
        transport.receive("GET / HTTP/1.1\r\nHost: x\r\nA: ")
        transport.receive(Array(repeating: UInt8(ascii: "a"), count: 4000))
        #expect(transport.sent.isEmpty)
        transport.receive(Array(repeating: UInt8(ascii: "a"), count: 4000))
        #expect(statuses(transport.sent) == [431])
    }

    @Test("64 header fields are taken, one more is 431", arguments: [(63, 204), (64, 431)])
    func headerFields(_ more: Int, _ status: Int) {
        let fields = String(repeating: "A: b\r\n", count: more)
        let (_, transport) = HTTPHarness().run(
            Array("GET / HTTP/1.1\r\nHost: x\r\n\(fields)\r\n".utf8), cuts: [])
        #expect(statuses(transport.sent) == [status])
    }

    @Test("a target of 3 KiB is taken, one byte more is 414", arguments: [(3072, 204), (3073, 414)])
    func target(_ bytes: Int, _ status: Int) {
        let path = "/" + String(repeating: "a", count: bytes - 1)
        let (_, transport) = HTTPHarness().run(
            Array("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n".utf8), cuts: [])
        #expect(statuses(transport.sent) == [status])
    }

    private func small() -> Limits {
        var limits = Limits()
        limits.bodyBytes = 8
        return limits
    }

    @Test(
        "a body over the limit gets the handler's answer, and the connection ends",
        arguments: [
            "Content-Length: 9\r\n\r\n", "Content-Length: 9\r\n\r\n123456789",
            "Transfer-Encoding: chunked\r\n\r\n9\r\n",
            "Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n5\r\nabcde\r\n0\r\n\r\n",
            "Expect: 100-continue\r\nContent-Length: 9\r\n\r\n",
        ])
    func bodyTooLarge(_ rest: String) {
        let input = Array("POST /a HTTP/1.1\r\nHost: x\r\n\(rest)".utf8)
        let harness = HTTPHarness(limits: small())
        for cuts in allCuts(of: input.count) {
            let (seen, transport) = harness.run(input, cuts: cuts)
            #expect(seen.isEmpty)
            #expect(statuses(transport.sent) == [400], "cut at \(cuts)")
            #expect(
                transport.sentText.hasSuffix("Connection: close\r\n\r\n{\"errorCode\":\"ERR_BODY_READ\"}"))
            #expect(transport.hasEndedWriting)
        }
    }

    @Test(
        "a body at the limit is taken",
        arguments: [
            "Content-Length: 8\r\n\r\n12345678",
            "Transfer-Encoding: chunked\r\n\r\n8\r\n12345678\r\n0\r\n\r\n",
        ])
    func bodyAtLimit(_ rest: String) {
        let (seen, _) = HTTPHarness(limits: small()).run(
            Array("POST /a HTTP/1.1\r\nHost: x\r\n\(rest)".utf8), cuts: [])
        #expect(seen == [SeenRequest(.post, "/a", body: "12345678")])
    }

    @Test("extensions and trailers are bounded like a head")
    func chunkOverhead() {
        let long = String(repeating: "a", count: 4096)
        for body in ["1;\(long)\r\na\r\n0\r\n\r\n", "0\r\nA: \(long)\r\n\r\n"] {
            let input = "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\(body)"
            let (_, transport) = HTTPHarness().run(Array(input.utf8), cuts: [])
            #expect(statuses(transport.sent) == [431])
        }
    }

    @Test("a peer that waits to be told is told to send its body, once")
    func expectContinue() {
        let harness = HTTPHarness()
        let transport = harness.connect()
        transport.receive("POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n")
        #expect(transport.sentText == "HTTP/1.1 100 Continue\r\n\r\n")
        transport.receive("a")
        transport.receive("b")
        #expect(statuses(transport.sent) == [100, 204])
        #expect(harness.handler.seen == [SeenRequest(.post, "/a", body: "ab")])
    }

    @Test("a peer that did not wait, or speaks HTTP/1.0, is not told to go on", arguments: ["1.1", "1.0"])
    func noContinue(_ version: String) {
        let harness = HTTPHarness()
        let transport = harness.connect()
        let body = version == "1.1" ? "a" : ""
        transport.receive(
            "POST /a HTTP/\(version)\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n\(body)")
        #expect(transport.sent.isEmpty)
    }

    @Test("a head that takes longer than its timeout is 408, however often a byte comes")
    func headerTimeout() {
        let harness = HTTPHarness()
        let transport = harness.connect()
        harness.advance(milliseconds: 30_000)
        for byte in "GET / HTTP".utf8 {
            transport.receive([byte])
            harness.advance(milliseconds: 999)
        }
        #expect(transport.sent.isEmpty)
        harness.advance(milliseconds: 10)
        #expect(statuses(transport.sent) == [408])
        #expect(transport.hasEndedWriting)
    }

    @Test("a body may take its time, but not pause for longer than its timeout")
    func bodyTimeout() {
        let harness = HTTPHarness()
        let transport = harness.connect()
        transport.receive("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")
        for _ in 0..<4 {
            harness.advance(milliseconds: 29_000)
            transport.receive("a")
        }
        #expect(transport.sent.isEmpty)
        harness.advance(milliseconds: 30_000)
        #expect(statuses(transport.sent) == [408])
    }

    @Test("an idle connection is closed in silence, one that waits for its answer is not")
    func idleTimeout() {
        let harness = HTTPHarness()
        let fresh = harness.connect()
        let used = harness.connect()
        harness.advance(milliseconds: 50_000)
        used.receive("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        harness.handler.answer = { _, _ in .later }
        let waiting = harness.connect()
        waiting.receive("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        harness.advance(milliseconds: 25_000)
        #expect(fresh.isClosed)
        #expect(fresh.sent.isEmpty)
        #expect(!used.isClosed)
        harness.advance(milliseconds: 50_000)
        #expect(used.isClosed)
        harness.advance(milliseconds: 10_000_000)
        #expect(!waiting.isClosed)
        harness.driver.onLoop { harness.handler.tickets[1].respond(with: .noContent) }
        harness.advance(milliseconds: 74_999)
        #expect(!waiting.isClosed)
        harness.advance(milliseconds: 1)
        #expect(waiting.isClosed)
    }

    @Test("requests that wait are kept up to a limit, then left with the peer")
    func pipelinedBytes() {
        var limits = Limits()
        limits.pipelinedBytes = 100
        let harness = HTTPHarness(limits: limits)
        harness.handler.answer = { _, _ in .later }
        let transport = harness.connect()
        let get = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
        transport.receive(get)
        for _ in 0..<10 { transport.receive(get) }
        #expect(!transport.isReading)
        for index in 0..<11 {
            #expect(harness.handler.tickets.count == index + 1)
            harness.handler.tickets[index].respond(with: .noContent)
            transport.receive([])
        }
        #expect(statuses(transport.sent).count == 11)
        #expect(transport.isReading)
    }
}
