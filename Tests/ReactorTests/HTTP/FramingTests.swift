import Reactor
import TestKit
import Testing

/// Well-formed input, and the requests that are in it.
struct FramingCase: Sendable, CustomTestStringConvertible {
    let name: String
    let input: String
    let expected: @Sendable () -> [SeenRequest]

    var testDescription: String { name }

    init(_ name: String, _ input: String, _ expected: @autoclosure @escaping @Sendable () -> [SeenRequest]) {
        self.name = name
        self.input = input
        self.expected = expected
    }
}

let jdkUpgrade = """
    POST /v1.0/jobs/a HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nContent-Length: 2\r\nHost: localhost:3500\r
    HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\nUpgrade: h2c\r\nUser-Agent: Java-http-client/21\r\n\r\n{}
    """

@Suite struct FramingTests {
    static let cases = [
        FramingCase("a bare GET", "GET /a HTTP/1.1\r\nHost: x\r\n\r\n", [SeenRequest(.get, "/a")]),
        FramingCase(
            "a query", "GET /a?b=c?d HTTP/1.1\r\nHost: x\r\n\r\n", [SeenRequest(.get, "/a", query: "b=c?d")]),
        FramingCase(
            "a counted body", "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
            [SeenRequest(.post, "/a", body: "hello")]),
        FramingCase(
            "a body of nothing", "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
            [SeenRequest(.post, "/a")]),
        FramingCase(
            "no body at all", "DELETE /a HTTP/1.1\r\nHost: x\r\n\r\nPUT /b HTTP/1.1\r\nHost: x\r\n\r\n",
            [SeenRequest(.delete, "/a"), SeenRequest(.put, "/b")]),
        FramingCase(
            "three in a row",
            "GET /a HTTP/1.1\r\nHost: x\r\n\r\nPOST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1"
                + "GET /c HTTP/1.1\r\nHost: x\r\n\r\n",
            [SeenRequest(.get, "/a"), SeenRequest(.post, "/b", body: "1"), SeenRequest(.get, "/c")]),
        FramingCase(
            "chunks, with an extension and a trailer",
            "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n"
                + "3;n=v\r\nabc\r\nA\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n",
            [SeenRequest(.post, "/a", body: "abc0123456789"), SeenRequest(.get, "/b")]),
        FramingCase(
            "chunks of nothing", "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            [SeenRequest(.post, "/a")]),
        FramingCase(
            "empty lines in front",
            "\r\n\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n",
            [SeenRequest(.get, "/a"), SeenRequest(.get, "/b")]),
        FramingCase(
            "an absolute target", "GET http://x:80/a?b HTTP/1.1\r\nHost: y\r\n\r\n",
            [SeenRequest(.get, "/a", query: "b")]),
        FramingCase(
            "an absolute target without a path", "GET HTTP://x?b HTTP/1.1\r\nHost: y\r\n\r\n",
            [SeenRequest(.get, "/", query: "b")]),
        FramingCase("OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", [SeenRequest(.options, "*")]),
        FramingCase("an empty Host", "GET /a HTTP/1.1\r\nHost:\r\n\r\n", [SeenRequest(.get, "/a")]),
        FramingCase(
            "blanks around a value", "GET /a HTTP/1.1\r\nHost: \t x \t\r\nA:\t\r\n\r\n",
            [SeenRequest(.get, "/a")]),
        FramingCase(
            "a body without a type in GET", "GET /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab",
            [SeenRequest(.get, "/a", body: "ab")]),
        FramingCase(
            "the JDK's request to upgrade", jdkUpgrade + "GET /b HTTP/1.1\r\nHost: x\r\n\r\n",
            [SeenRequest(.post, "/v1.0/jobs/a", body: "{}"), SeenRequest(.get, "/b")]),
        FramingCase(
            "an upgrade to websocket, without a body",
            "GET /a HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n",
            [SeenRequest(.get, "/a"), SeenRequest(.get, "/b")]),
        FramingCase(
            "bytes beyond ASCII in the target", "GET /é HTTP/1.1\r\nHost: x\r\n\r\n",
            [SeenRequest(.get, "/é")]),
        FramingCase(
            "a verb no route has", "REPORT /a HTTP/1.1\r\nHost: x\r\n\r\n", [SeenRequest(.other, "/a")]),
    ]

    @Test("a well-formed stream yields its requests wherever the reads are cut", arguments: cases)
    func wellFormed(_ example: FramingCase) {
        let input = Array(example.input.utf8)
        let expected = example.expected()
        let harness = HTTPHarness()
        for cuts in allCuts(of: input.count) {
            let (seen, transport) = harness.run(input, cuts: cuts)
            #expect(seen == expected, "cut at \(cuts)")
            #expect(statuses(transport.sent) == expected.map { _ in 204 }, "cut at \(cuts)")
            #expect(!transport.isClosed, "cut at \(cuts)")
        }
    }

    @Test("header fields are found in any case and read without the blanks around them")
    func headerLookup() {
        let harness = HTTPHarness()
        var found: [String?] = []
        harness.handler.answer = { request, _ in
            for name: StaticString in ["x-one", "empty", "missing"] {
                unsafe found.append(request.header(name).map { unsafe String(decoding: $0, as: UTF8.self) })
            }
            return .respond(.noContent)
        }
        harness.connect().receive(
            "GET / HTTP/1.1\r\nHost: x\r\nX-ONE:  a b\t\r\nEmpty:\r\nX-One: second\r\n\r\n")
        #expect(found == ["a b", "", nil])
    }

    @Test("64 bytes behind a body can be read, wherever it lies", arguments: [[], [10], [60], [61, 62, 63]])
    func padding(_ cuts: [Int]) {
        let harness = HTTPHarness()
        var sum = 0
        harness.handler.answer = { request, _ in
            let body = unsafe request.body
            guard let start = body.baseAddress else { return .respond(.noContent) }
            for offset in 0..<ByteBuffer.padding {
                unsafe sum += Int(start.load(fromByteOffset: body.count + offset, as: UInt8.self))
            }
            return .respond(.noContent)
        }
        let input = "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 12\r\n\r\n{\"a\":[1,2]} "
        let (seen, _) = harness.run(Array(input.utf8), cuts: cuts)
        #expect(seen.count == 1)
        #expect(sum >= 0)
    }

    @Test("a large body arrives whole through many reads")
    func largeBody() {
        let harness = HTTPHarness()
        var body = ""
        for index in 0..<40_000 { body += "\(index)," }
        let input = Array(
            "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8)
        let (seen, _) = harness.run(input, cuts: Array(stride(from: 100, to: input.count, by: 60_000)))
        #expect(seen == [SeenRequest(.post, "/a", body: body)])
    }
}
