import Reactor
import TestKit
import Testing

/// A pool whose target the test plays, on a clock that stands still.
private final class ClientHarness {
    let driver = VirtualDriver(startingAt: WallTime(seconds: 0), seed: 1)
    let executor: LoopExecutor
    let dialer = FakeDialer()
    let pool: HTTPClientPool
    var results: [HTTPClientResult] = []

    init(limits: Limits = Limits()) throws {
        executor = LoopExecutor(driver: driver)
        pool = HTTPClientPool(
            address: try SocketAddress("127.0.0.1:8080"), network: Network(timers: executor.timers),
            dialer: dialer,
            limits: limits)
    }

    func send(
        _ method: StaticString = "POST", timeout: Duration? = nil, body: String = "{}",
        onBody: HTTPAnswerBody? = nil
    ) {
        let request = HTTPClientRequest(
            method: method, target: Array("/job/a".utf8), fields: Array("A: b\r\n".utf8),
            body: Array(body.utf8),
            timeout: timeout)
        driver.onLoop { pool.send(request, onBody: onBody) { self.results.append($0) } }
    }

    /// Sends a request on a new connection that is made at once.
    func connect(_ method: StaticString = "POST", onBody: HTTPAnswerBody? = nil) -> FakeTransport {
        send(method, onBody: onBody)
        dialer.finish(dialer.transports.count - 1)
        return dialer.transports[dialer.transports.count - 1]
    }

    /// What became of the last request.
    var failure: HTTPClientFailure.Kind? {
        guard case .failed(let failure) = results.last else { return nil }
        return failure.kind
    }
}

private let noContent = "HTTP/1.1 204 No Content\r\n\r\n"

/// An answer, its status, and whether the connection can be used again behind it.
struct AnswerCase: Sendable, CustomTestStringConvertible {
    let text: String
    let status: Int
    let isReusable: Bool
    var method: StaticString = "POST"

    var testDescription: String { text }
}

@Suite struct HTTPClientTests {
    @Test("a request goes out in one write, as HTTP/1.1 has it")
    func wireFormat() throws {
        let harness = try ClientHarness()
        let transport = harness.connect()
        #expect(
            transport.sentText
                == "POST /job/a HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nA: b\r\nContent-Length: 2\r\n\r\n{}")
        #expect(transport.writeCount == 1)
        let second = try ClientHarness()
        second.send("GET", body: "")
        second.dialer.finish(0)
        #expect(
            second.dialer.transports[0].sentText
                == "GET /job/a HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nA: b\r\n\r\n")
    }

    static let answers = [
        AnswerCase(text: noContent, status: 204, isReusable: true),
        AnswerCase(text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", status: 200, isReusable: true),
        AnswerCase(
            text: "HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", status: 500,
            isReusable: true),
        AnswerCase(
            text: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" + noContent,
            status: 204,
            isReusable: true),
        AnswerCase(
            text: "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n", status: 204, isReusable: false),
        AnswerCase(text: "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", status: 200, isReusable: false),
        AnswerCase(
            text: "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n", status: 200,
            isReusable: true),
        AnswerCase(
            text: "HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n", status: 204, isReusable: true),
        AnswerCase(
            text: "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", status: 304, isReusable: true),
        AnswerCase(
            text: "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", status: 200, isReusable: true,
            method: "HEAD"),
    ]

    @Test("an answer is read wherever it is cut, and its connection kept if it may be", arguments: answers)
    func answer(_ example: AnswerCase) throws {
        let input = Array(example.text.utf8)
        for cuts in allCuts(of: input.count) {
            let harness = try ClientHarness()
            let transport = harness.connect(example.method)
            var start = 0
            for cut in cuts + [input.count] {
                #expect(harness.results.isEmpty, "cut at \(cuts)")
                transport.receive(Array(input[start..<cut]))
                start = cut
            }
            #expect(harness.results == [.response(status: example.status)], "cut at \(cuts)")
            #expect(harness.pool.idleCount == (example.isReusable ? 1 : 0))
            #expect(transport.isClosed != example.isReusable)
            #expect(harness.pool.busyCount == 0)
        }
    }

    @Test(
        "an answer's body is handed over as it comes, without its chunks, wherever it is cut",
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        ])
    func body(_ text: String) throws {
        let input = Array(text.utf8)
        for cuts in allCuts(of: input.count) {
            let harness = try ClientHarness()
            var body: [UInt8] = []
            let transport = harness.connect("GET") { status, bytes in
                #expect(status == 200)
                body += bytes
                return true
            }
            var start = 0
            for cut in cuts + [input.count] {
                transport.receive(Array(input[start..<cut]))
                start = cut
            }
            #expect(body == Array("hello".utf8) && harness.results == [.response(status: 200)])
        }
    }

    @Test("who wants no more of a body gives the answer up, and the connection is closed")
    func refusedBody() throws {
        let harness = try ClientHarness()
        var pieces = 0
        let transport = harness.connect("GET") { _, _ in
            pieces += 1
            return pieces < 2
        }
        transport.receive("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n")
        #expect(harness.results.isEmpty && pieces == 1)
        transport.receive("2\r\ncd\r\n2\r\nef\r\n")
        #expect(harness.failure == .bodyRefused && pieces == 2)
        #expect(transport.isClosed && harness.pool.busyCount == 0)
    }

    @Test("a peer that sends an answer in pieces is told of each at once, but not of the last")
    func acknowledges() throws {
        let harness = try ClientHarness()
        let transport = harness.connect()
        transport.receive("HTTP/1.1 200 OK\r\n")
        transport.receive("Content-Length: 2\r\n\r\n")
        #expect(transport.acknowledgements == 2)
        transport.receive("ok")
        #expect(harness.results == [.response(status: 200)])
        #expect(transport.acknowledgements == 2)
    }

    @Test("an answer without a length ends with the connection")
    func untilTheEnd() throws {
        let harness = try ClientHarness()
        let transport = harness.connect()
        transport.receive("HTTP/1.1 200 OK\r\n\r\nsome")
        transport.receive(" more")
        #expect(harness.results.isEmpty)
        transport.receiveEnd()
        #expect(harness.results == [.response(status: 200)])
        #expect(transport.isGone)
    }

    @Test("a connection is used again, the last one first")
    func reuse() throws {
        let harness = try ClientHarness()
        let first = harness.connect()
        let second = harness.connect()
        first.receive(noContent)
        second.receive(noContent)
        #expect(harness.pool.idleCount == 2)
        harness.send()
        #expect(harness.dialer.transports.count == 2)
        #expect(second.writeCount == 2)
        second.receive(noContent)
        #expect(harness.results.count == 3)
    }

    @Test("a completion may send the next request on the connection it came from")
    func sendFromCompletion() throws {
        let harness = try ClientHarness()
        let request = HTTPClientRequest(method: "GET", target: Array("/".utf8))
        var statuses: [HTTPClientResult] = []
        harness.pool.send(request) { result in
            statuses.append(result)
            harness.pool.send(request) { statuses.append($0) }
        }
        harness.dialer.finish(0)
        harness.dialer.transports[0].receive(noContent)
        harness.dialer.transports[0].receive("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")
        #expect(statuses == [.response(status: 204), .response(status: 500)])
        #expect(harness.dialer.transports.count == 1)
    }

    @Test("a dial that fails is a refusal, of a connection that nobody saw")
    func refusal() throws {
        let harness = try ClientHarness()
        harness.send()
        harness.dialer.finish(0, ReactorError(code: .refused, operation: "connect"))
        #expect(harness.failure == .refused)
        #expect(harness.dialer.transports[0].isClosed)
        harness.dialer.isExhausted = true
        harness.send()
        harness.advanceOneTurn()
        #expect(harness.results.count == 2)
        #expect(harness.failure == .refused)
        #expect(harness.pool.busyCount == 0)
    }

    @Test(
        "a break before the answer says whether the connection had been used", arguments: [false, true],
        [false, true])
    func brokenBefore(_ isReused: Bool, _ isReset: Bool) throws {
        let harness = try ClientHarness()
        let transport = harness.connect()
        if isReused {
            transport.receive(noContent)
            harness.send()
        }
        if isReset { transport.receiveReset() } else { transport.receiveEnd() }
        #expect(harness.failure == .brokenBeforeAnswer(reusedConnection: isReused))
        #expect(harness.pool.busyCount == 0)
        #expect(harness.pool.idleCount == 0)
    }

    @Test("a break of the write on a connection that had been used is told as such")
    func brokenWrite() throws {
        let harness = try ClientHarness()
        let transport = harness.connect()
        transport.receive(noContent)
        transport.isReset = true
        harness.send()
        transport.settle()
        #expect(harness.failure == .brokenBeforeAnswer(reusedConnection: true))
    }

    @Test("a break within the answer is told as such", arguments: [false, true])
    func brokenWithin(_ isReset: Bool) throws {
        let harness = try ClientHarness()
        let transport = harness.connect()
        transport.receive("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel")
        if isReset { transport.receiveReset() } else { transport.receiveEnd() }
        #expect(harness.failure == .brokenWithinAnswer)
    }

    @Test(
        "what is no answer is malformed",
        arguments: [
            "hello\r\n\r\n", "HTTP/1.1 OK\r\n\r\n",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        ])
    func malformed(_ text: String) throws {
        let harness = try ClientHarness()
        let transport = harness.connect()
        transport.receive(text)
        #expect(harness.failure == .malformed)
        #expect(transport.isGone)
    }

    @Test("an answer's head of 4 KiB is taken, one byte more is malformed", arguments: [4096, 4097])
    func headLimit(_ bytes: Int) throws {
        let frame = "HTTP/1.1 204 No Content\r\nA: \r\n\r\n"
        let padding = String(repeating: "a", count: bytes - frame.utf8.count)
        let text = "HTTP/1.1 204 No Content\r\nA: \(padding)\r\n\r\n"
        for size in [bytes, 100] {
            let harness = try ClientHarness()
            let transport = harness.connect()
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                transport.receive(Array(rest.prefix(size)))
                rest = rest.dropFirst(size)
            }
            #expect(
                harness.results.last
                    == (bytes == 4096 ? .response(status: 204) : .failed(HTTPClientFailure(.malformed))))
        }
    }

    @Test("a peer that closes or speaks while nothing is asked is let go in silence", arguments: [0, 1, 2])
    func idleEnds(_ way: Int) throws {
        let harness = try ClientHarness()
        let transport = harness.connect()
        transport.receive(noContent)
        switch way {
        case 0: transport.receiveEnd()
        case 1: transport.receiveReset()
        default: transport.receive("HTTP/1.1 408 Request Timeout\r\n\r\n")
        }
        #expect(transport.isGone)
        #expect(harness.pool.idleCount == 0)
        #expect(harness.results.count == 1)
        _ = harness.connect()
        #expect(harness.dialer.transports.count == 2)
    }

    @Test("bytes behind an answer spoil its connection, not the answer")
    func surplus() throws {
        let harness = try ClientHarness()
        let transport = harness.connect()
        transport.receive(noContent + "x")
        #expect(harness.results == [.response(status: 204)])
        #expect(transport.isGone)
    }

    @Test("an answer that comes before its request was taken spoils the connection, not itself")
    func earlyAnswer() throws {
        let harness = try ClientHarness()
        harness.send()
        let transport = harness.dialer.transports[0]
        transport.room = 20
        harness.dialer.finish(0)
        transport.receive("HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n")
        #expect(harness.results == [.response(status: 400)])
        #expect(harness.pool.idleCount == 0)
        #expect(transport.isGone)
    }

    @Test("an idle connection is closed after its timeout, a busy one waits without limit")
    func idleTimeout() throws {
        let harness = try ClientHarness()
        let busy = harness.connect()
        let idle = harness.connect()
        idle.receive(noContent)
        harness.driver.advance(milliseconds: 89_999)
        #expect(!idle.isClosed)
        harness.driver.advance(milliseconds: 1)
        #expect(idle.isClosed)
        harness.driver.advance(milliseconds: 100_000_000)
        #expect(!busy.isClosed)
    }

    @Test("a request's own timeout covers the dial and the answer", arguments: [false, true])
    func requestTimeout(_ isConnected: Bool) throws {
        let harness = try ClientHarness()
        harness.send(timeout: .milliseconds(500))
        harness.driver.advance(milliseconds: 300)
        if isConnected { harness.dialer.finish(0) }
        harness.driver.advance(milliseconds: 199)
        #expect(harness.results.isEmpty)
        harness.driver.advance(milliseconds: 1)
        harness.dialer.transports[0].settle()
        #expect(harness.failure == .timedOut)
        #expect(harness.dialer.transports[0].isClosed)
        #expect(harness.pool.busyCount == 0)
    }

    @Test("slots are counted, and said to be free when they are")
    func slots() throws {
        var limits = Limits()
        limits.clientConnections = 2
        limits.clientIdleConnections = 1
        let harness = try ClientHarness(limits: limits)
        var freed: [Int] = []
        harness.pool.onSlotFreed { [unowned pool = harness.pool] in freed.append(pool.freeSlots) }
        let first = harness.connect()
        let second = harness.connect()
        #expect(harness.pool.freeSlots == 0)
        first.receive(noContent)
        second.receiveReset()
        #expect(freed == [1, 2])
        let third = harness.connect()
        #expect(third !== first || first.writeCount == 2)
    }

    @Test("no more connections are kept idle than the limit says")
    func idleLimit() throws {
        var limits = Limits()
        limits.clientIdleConnections = 1
        let harness = try ClientHarness(limits: limits)
        let first = harness.connect()
        let second = harness.connect()
        first.receive(noContent)
        second.receive(noContent)
        #expect(harness.pool.idleCount == 1)
        #expect(second.isGone)
        #expect(harness.results.count == 2)
    }

    @Test("a close fails what is out, closes what is idle, and says when the last has gone")
    func close() throws {
        let harness = try ClientHarness()
        let idle = harness.connect()
        idle.receive(noContent)
        harness.send()
        harness.send()
        let dialing = harness.dialer.transports[1]
        let busy = harness.connect()
        harness.results = []
        var isClosed = false
        harness.pool.close {
            isClosed = true
            #expect(harness.results.count == 3, "the last to be told is the one who closed")
        }
        #expect(dialing.isClosed && busy.isClosed && idle.isClosed)
        for transport in harness.dialer.transports { transport.settle() }
        #expect(isClosed)
        #expect(
            harness.results == [HTTPClientResult](repeating: .failed(HTTPClientFailure(.closed)), count: 3))
        #expect(harness.pool.freeSlots == 0)
    }

    @Test("a probe says whether a port listens, or that nobody answered in time", arguments: [0, 1, 2, 3])
    func probe(_ way: Int) throws {
        let harness = try ClientHarness()
        harness.dialer.isExhausted = way == 3
        var answers: [Bool] = []
        let probe = TCPProbe(timers: harness.executor.timers)
        let address = try SocketAddress("127.0.0.1:8080")
        harness.driver.onLoop {
            probe.start(address, dialer: harness.dialer, timeout: .milliseconds(500)) { answers.append($0) }
        }
        switch way {
        case 0: harness.dialer.finish(0)
        case 1: harness.dialer.finish(0, ReactorError(code: .refused, operation: "connect"))
        default: harness.driver.advance(milliseconds: 500)
        }
        harness.driver.advance(milliseconds: 1000)
        #expect(answers == [way == 0])
        for transport in harness.dialer.transports { #expect(transport.isClosed) }
    }
}

extension ClientHarness {
    fileprivate func advanceOneTurn() { driver.advance(milliseconds: 1) }
}
