import Reactor
import TestKit
import Testing

/// Input that a server must not read in any way, and the status that says so.
struct RefusalCase: Sendable, CustomTestStringConvertible {
    let name: String
    let input: String
    let status: Int

    var testDescription: String { name }

    init(_ name: String, _ input: String, _ status: Int = 400) {
        self.name = name
        self.input = input
        self.status = status
    }

    /// A request with these lines between its request line and its end.
    static func fields(_ name: String, _ lines: String, _ status: Int = 400) -> RefusalCase {
        RefusalCase(name, "POST /a HTTP/1.1\r\n\(lines)\r\n\r\n", status)
    }

    /// A chunked body.
    static func chunks(_ name: String, _ body: String, _ status: Int = 400) -> RefusalCase {
        RefusalCase(name, "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\(body)", status)
    }
}

@Suite struct SmugglingTests {
    static let lines: [RefusalCase] = [
        .fields("a bare CR that hides a field", "Host: x\r\nX-Abc:\rxTransfer-Encoding: chunked"),
        .fields("a bare CR in a value", "Host: x\r\nA: b\rc"),
        .fields("a bare LF in a value", "Host: x\r\nA: b\nContent-Length: 3"),
        .fields("a NUL in a value", "Host: x\r\nA: b\0c"),
        .fields("a blank before the colon", "Host : x"),
        .fields("a tab before the colon", "Host: x\r\nContent-Length\t: 3"),
        .fields("a folded line", "Host: x\r\nA: b\r\n c"),
        .fields("a folded first line", " Host: x"),
        .fields("a field without a name", "Host: x\r\n: b"),
        .fields("a field without a colon", "Host: x\r\nAb"),
        .fields("a bracket in a name", "Host: x\r\nA[b]: c"),
        .fields("a byte beyond ASCII in a name", "Host: x\r\nÄ: c"),
        .fields("no Host", "A: b"),
        .fields("two Hosts", "Host: x\r\nHost: x"),
        .fields("a Host with a path", "Host: x/y"),
        .fields("a Host with a blank", "Host: x y"),
        .fields("a length and chunks", "Host: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked"),
        .fields("chunks and a length", "Host: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 3"),
        .fields("two lengths that differ", "Host: x\r\nContent-Length: 3\r\nContent-Length: 4"),
        .fields("two lengths that agree", "Host: x\r\nContent-Length: 3\r\nContent-Length: 3"),
        .fields("a list of lengths", "Host: x\r\nContent-Length: 3, 3"),
        .fields("a signed length", "Host: x\r\nContent-Length: +3"),
        .fields("a hexadecimal length", "Host: x\r\nContent-Length: 0x3"),
        .fields("an empty length", "Host: x\r\nContent-Length:"),
        .fields("a length past all numbers", "Host: x\r\nContent-Length: 99999999999999999999"),
        .fields("an unknown coding", "Host: x\r\nTransfer-Encoding: identity"),
        .fields("a coding with a quirk", "Host: x\r\nTransfer-Encoding: xchunked"),
        .fields("chunked with a parameter", "Host: x\r\nTransfer-Encoding: chunked;a=b"),
        .fields("chunked under a coding", "Host: x\r\nTransfer-Encoding: chunked, gzip"),
        .fields("chunked twice", "Host: x\r\nTransfer-Encoding: chunked, chunked"),
        .fields("two codings", "Host: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
        .fields("an empty coding", "Host: x\r\nTransfer-Encoding:"),
        .fields("a coding under chunks", "Host: x\r\nTransfer-Encoding: gzip, chunked", 501),
        .fields("an expectation nobody meets", "Host: x\r\nExpect: a-miracle", 417),
    ]

    static let requestLines = [
        RefusalCase("no version", "GET /\r\n\r\n"),
        RefusalCase("a bare LF", "GET / HTTP/1.1\nHost: x\n\n"),
        RefusalCase("two blanks", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n"),
        RefusalCase("two blanks before the version", "GET /  HTTP/1.1\r\nHost: x\r\n\r\n"),
        RefusalCase("a blank behind the version", "GET / HTTP/1.1 \r\nHost: x\r\n\r\n"),
        RefusalCase("a tab", "GET\t/ HTTP/1.1\r\nHost: x\r\n\r\n"),
        RefusalCase("a blank in front", " GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
        RefusalCase("a control character in the target", "GET /\u{1} HTTP/1.1\r\nHost: x\r\n\r\n"),
        RefusalCase("a fragment", "GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n"),
        RefusalCase("a target that is no path", "GET a HTTP/1.1\r\nHost: x\r\n\r\n"),
        RefusalCase("a target without a host", "GET http:///a HTTP/1.1\r\nHost: x\r\n\r\n"),
        RefusalCase("* for a GET", "GET * HTTP/1.1\r\nHost: x\r\n\r\n"),
        RefusalCase("a lower-case version", "GET / http/1.1\r\nHost: x\r\n\r\n"),
        RefusalCase("a version of two digits", "GET / HTTP/1.10\r\nHost: x\r\n\r\n"),
        RefusalCase("HTTP/2 with prior knowledge", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        RefusalCase("a handshake of TLS", "\u{16}\u{3}\u{1}\u{2}"),
        RefusalCase("HTTP/0.9", "GET / HTTP/0.9\r\nHost: x\r\n\r\n", 505),
        RefusalCase("HTTP/1.2", "GET / HTTP/1.2\r\nHost: x\r\n\r\n", 505),
        RefusalCase("HTTP/3", "GET / HTTP/3.0\r\nHost: x\r\n\r\n", 505),
        RefusalCase("a tunnel", "CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n", 501),
        RefusalCase("chunks in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ]

    static let chunked: [RefusalCase] = [
        .chunks("a size that is no number", "x\r\n"),
        .chunks("a size that is missing", "\r\n"),
        .chunks("a signed size", "-1\r\n"),
        .chunks("a size with a prefix", "0x1\r\na\r\n0\r\n\r\n"),
        .chunks("a blank behind the size", "1 \r\na\r\n0\r\n\r\n"),
        .chunks("a blank before the size", " 1\r\na\r\n0\r\n\r\n"),
        .chunks("a size past all numbers", "FFFFFFFFFFFFFFFFF\r\n"),
        .chunks("a bare LF behind the size", "1\na\r\n0\r\n\r\n"),
        .chunks("a bare LF in an extension", "1;a\nb\r\na\r\n0\r\n\r\n"),
        .chunks("a bare CR in an extension", "1;a\rb\r\na\r\n0\r\n\r\n"),
        .chunks("data longer than its size", "1\r\nabc\r\n0\r\n\r\n"),
        .chunks("data that ends with other bytes", "1\r\naXX0\r\n\r\n"),
        .chunks("a bare LF behind data", "1\r\na\n0\r\n\r\n"),
        .chunks("a folded trailer", "0\r\nA: b\r\n c\r\n\r\n"),
        .chunks("a bare CR in a trailer", "0\r\nA: b\rc\r\n\r\n"),
        .chunks("a bare LF in a trailer", "0\r\nA: b\n\r\n"),
        .chunks("a trailer without a name", "0\r\n: b\r\n\r\n"),
        .chunks("a blank before a trailer's colon", "0\r\nA : b\r\n\r\n"),
        .chunks("no end behind the last chunk", "0\r\nGET /b HTTP/1.1\r\n\r\n"),
    ]

    @Test(
        "what could be read in two ways is refused, and the connection closed",
        arguments: lines + requestLines + chunked, ["", "0\r\n\r\n", "abc"])
    func refused(_ example: RefusalCase, _ body: String) {
        // Whoever takes the head, and frames a body in one way or another, takes what follows for a request.
        let input = Array((example.input + body + "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n").utf8)
        let harness = HTTPHarness()
        for cuts in allCuts(of: Array(example.input.utf8).count) {
            let malformed = harness.server.counters.malformed
            let (seen, transport) = harness.run(input, cuts: cuts)
            #expect(seen.isEmpty, "cut at \(cuts)")
            #expect(statuses(transport.sent) == [example.status], "cut at \(cuts)")
            #expect(transport.sentText.contains("Connection: close\r\n"))
            #expect(transport.hasEndedWriting, "cut at \(cuts)")
            transport.receiveEnd()
            #expect(transport.isGone)
            #expect(harness.server.counters.open == 0)
            #expect(harness.server.counters.malformed == malformed + 1)
        }
    }

    @Test("a refused peer that goes on sending is cut off after the linger")
    func linger() {
        let harness = HTTPHarness()
        let transport = harness.connect()
        transport.receive("GET / HTTP/9.9\r\nHost: x\r\n\r\n")
        transport.receive("more")
        harness.advance(milliseconds: 1999)
        #expect(!transport.isClosed)
        harness.advance(milliseconds: 1)
        #expect(transport.isClosed)
    }
}
