import Reactor
import TestKit
import Testing

@Suite("methods")
struct MethodTests {
    @Test(
        "a method that nobody knows is a request like any other, for the handler to answer",
        arguments: [
            "FOO", "BREW", "G", "GETX", "get", "M1!#$%&'*+-.^_`|~", String(repeating: "X", count: 32),
        ])
    func unknown(method: String) {
        let harness = HTTPHarness()
        let request = "\(method) /a?b HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi"
        let next = "GET /c HTTP/1.1\r\nHost: x\r\n\r\n"
        for cuts in allCuts(of: request.utf8.count) {
            let (seen, transport) = harness.run(Array((request + next).utf8), cuts: cuts)
            #expect(seen == [SeenRequest(.other, "/a", query: "b", body: "hi"), SeenRequest(.get, "/c")])
            #expect(statuses(transport.sent) == [204, 204])
        }
    }

    @Test("its chunks are joined, and its body is limited, as with every other")
    func bodies() {
        var limits = Limits()
        limits.bodyBytes = 4
        let harness = HTTPHarness(limits: limits)
        let head = "FOO / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        let (seen, _) = harness.run(Array((head + "2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n").utf8), cuts: [])
        #expect(seen == [SeenRequest(.other, "/", body: "abcd")])
        let (_, transport) = harness.run(Array((head + "5\r\nabcde\r\n0\r\n\r\n").utf8), cuts: [])
        #expect(statuses(transport.sent) == [400])
    }
}
