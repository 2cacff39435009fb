import Reactor
import TestKit
import Testing

@Suite("the router's gate")
struct RouterGateTests {
    private let harness = HTTPHarness()

    /// What a router with this gate answers; `seen` is told which requests came to a route or the fallback.
    private func send(
        _ request: String, gate: @escaping Router.Gate, seen: @escaping (String) -> Void = { _ in }
    ) -> String {
        let router = Router(
            gate: gate,
            fallback: { _, _ in
                seen("fallback")
                return .respond(.text(status: 404, "fallback"))
            },
            bodyRefusal: { _ in .text(status: 400, "too large") })
        router.add(.get, "/open", isOpen: true) { _, _, _ in
            seen("open")
            return .respond(.noContent)
        }
        var waiting: RequestTicket?
        router.add(.post, "/later") { _, _, ticket in
            seen("later")
            waiting = ticket
            return .later
        }
        harness.handler.answer = { router.handle($0, $1) }
        let transport = harness.connect()
        transport.receive(request)
        waiting?.respond(with: .noContent)
        return transport.sentText
    }

    @Test("it is told which routes are open, and that what fits none is not")
    func open() {
        var asked: [Bool] = []
        let gate: Router.Gate = { _, isOpen in
            asked.append(isOpen)
            return .pass
        }
        for target in ["GET /open", "GET //x/../open/", "POST /open", "POST /later", "GET /none"] {
            _ = send("\(target) HTTP/1.1\r\nHost: x\r\n\r\n", gate: gate)
        }
        #expect(asked == [true, true, false, false, false])
    }

    @Test("what it answers, no route sees")
    func answered() {
        var seen: [String] = []
        for target in ["GET /open", "POST /later", "GET /none"] {
            let text = send(
                "\(target) HTTP/1.1\r\nHost: x\r\n\r\n", gate: { _, _ in .answer(.text(status: 403, "no")) },
                seen: { seen.append($0) })
            #expect(text.hasPrefix("HTTP/1.1 403 "))
        }
        #expect(seen.isEmpty)
    }

    @Test(
        "header fields that it adds are on the answer, early or late, matched or not",
        arguments: ["GET /open", "POST /later", "GET /none"])
    func adding(target: String) {
        let text = send(
            "\(target) HTTP/1.1\r\nHost: x\r\n\r\n",
            gate: { _, _ in .passAdding(Array("X-Added: yes\r\n".utf8)) })
        #expect(text.contains("\r\nX-Added: yes\r\n"))
    }
}
