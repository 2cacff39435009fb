import JobsRuntime
import Reactor
import TestKit
import Testing

@Suite("our own routes: events of each firing")
struct EventsTests {
    private static func listen(_ api: APIHarness, _ query: String = "") -> FakeTransport {
        let transport = api.connect(
            sending: "GET /mainspring/v1/events\(query) HTTP/1.1\r\nHost: 127.0.0.1:3500\r\n\r\n")
        return transport
    }

    @Test("the answer begins at once, as a stream of events that nobody keeps")
    func head() throws {
        let api = try APIHarness()
        let text = Self.listen(api).sentText
        #expect(text.hasPrefix("HTTP/1.1 200 "))
        #expect(text.contains("Content-Type: text/event-stream\r\n"))
        #expect(text.contains("Cache-Control: no-store\r\n"))
        #expect(text.hasSuffix("\r\n\r\nd\r\n: listening\n\n\r\n"))
        let head = api.exchange("HEAD /mainspring/v1/events HTTP/1.1\r\nHost: 127.0.0.1:3500\r\n\r\n")
        #expect(String(decoding: head, as: UTF8.self).hasSuffix("\r\n\r\n"))
    }

    @Test(
        "each outcome is an event: what, when planned and fired, how late, which attempt, what became of it, what next"
    )
    func outcomes() throws {
        let api = try APIHarness()
        let listener = Self.listen(api)
        listener.forgetSent()
        api.receiver.answer = { $0.attempt == 1 ? .failed(reason: "no \"oil\"") : .succeeded }
        try api.post("r2", #"{"schedule":"@every 10s","repeats":2}"#)
        api.jobs.advance(milliseconds: 12_000)
        let text = listener.sentText
        #expect(
            text.contains(
                #"""
                event: fired
                data: {"name":"r2","planned":"2026-11-24T12:00:10Z","fired":"2026-11-24T12:00:10Z","lateMilliseconds":0.000,"attempt":1,"runId":"7-1-1","outcome":"failed","reason":"no \"oil\"","next":"2026-11-24T12:00:11Z"}
                """# + "\n\n"))
        #expect(
            text.contains(
                #"data: {"name":"r2","planned":"2026-11-24T12:00:10Z","fired":"2026-11-24T12:00:11Z","lateMilliseconds":1000.000,"attempt":2,"runId":"7-1-1","outcome":"succeeded","next":"2026-11-24T12:00:20Z"}"#
            ))
        listener.forgetSent()
        api.receiver.answer = { _ in .cancelled(reason: "enough") }
        api.jobs.advance(milliseconds: 8000)
        #expect(
            listener.sentText.contains(#""outcome":"cancelled","reason":"enough"}"#), "the last has no next")
    }

    @Test("a listener hears of the prefix that it named alone; listeners do not disturb each other")
    func prefixes() throws {
        let api = try APIHarness()
        let all = Self.listen(api)
        let some = Self.listen(api, "?prefix=a%20")
        for name in ["a", "a%20b", "c"] { try api.post(name, #"{"dueTime":"1s"}"#) }
        api.jobs.advance(milliseconds: 1000)
        #expect(APIHarness.values(of: "name", in: all.sentText) == ["a", "a b", "c"])
        #expect(APIHarness.values(of: "name", in: some.sentText) == ["a b"])
        all.receiveReset()
        try api.post("a%20b", #"{"dueTime":"1s"}"#)
        api.jobs.advance(milliseconds: 1000)
        #expect(APIHarness.values(of: "name", in: some.sentText) == ["a b", "a b"])
    }

    @Test("the events of one turn leave in one write")
    func coalescing() throws {
        let api = try APIHarness()
        let listener = Self.listen(api)
        for number in 0..<10 { try api.post("a\(number)", #"{"dueTime":"1s"}"#) }
        let before = listener.writeCount
        api.jobs.advance(milliseconds: 1000)
        #expect(APIHarness.values(of: "name", in: listener.sentText).count == 10)
        #expect(listener.writeCount == before + 1)
    }

    @Test("past the limit of what waits for a slow listener events are dropped, and it is told how many")
    func dropped() throws {
        var limits = JobLimits()
        limits.eventsPerListener = 3
        var network = Limits()
        network.writeQueueBytes = 1
        let api = try APIHarness(network: network, jobs: limits)
        let listener = Self.listen(api)
        listener.forgetSent()
        listener.room = 0
        // The first is more than the peer takes: from then on there is no room.
        for number in 0..<9 { try api.post("a\(number)", #"{"dueTime":"\#(number + 1)s"}"#) }
        api.jobs.advance(milliseconds: 9000)
        #expect(listener.sent.isEmpty)
        listener.take()
        try api.post("b", #"{"dueTime":"1s"}"#)
        api.jobs.advance(milliseconds: 1000)
        let text = listener.sentText
        #expect(APIHarness.values(of: "name", in: text) == ["a0", "a1", "a2", "a3", "b"])
        let notice = "event: dropped\ndata: {\"count\":5}\n\n"
        let place = try #require(text.firstRange(of: notice))
        let first = try #require(text.firstRange(of: #""name":"a3""#))
        let last = try #require(text.firstRange(of: #""name":"b""#))
        #expect(first.upperBound <= place.lowerBound && place.upperBound <= last.lowerBound)
    }

    @Test("one listener more than the limit is 429; there is room again when one has gone")
    func tooMany() throws {
        var limits = JobLimits()
        limits.eventListeners = 2
        let api = try APIHarness(jobs: limits)
        let first = Self.listen(api)
        _ = Self.listen(api)
        let refused = try api.request("GET", "/mainspring/v1/events")
        #expect(refused.status == 429 && refused.body.contains("MAINSPRING_TOO_MANY_LISTENERS"))
        #expect(refused.body.contains("2 listen"))
        first.receiveEnd()
        #expect(Self.listen(api).sentText.hasPrefix("HTTP/1.1 200 "))
    }

    @Test("a listener that hears nothing gets a comment every 15 s, until it goes")
    func keepAlive() throws {
        let api = try APIHarness()
        let listener = Self.listen(api)
        listener.forgetSent()
        api.jobs.advance(milliseconds: 14_999)
        #expect(listener.sent.isEmpty)
        api.jobs.advance(milliseconds: 1)
        #expect(listener.sentText == "e\r\n: keep-alive\n\n\r\n")
        api.jobs.advance(milliseconds: 30_000)
        #expect(listener.sentText.ranges(of: "keep-alive").count == 3)
        api.jobs.driver.onLoop { listener.receiveEnd() }
        #expect(listener.isGone)
        api.jobs.advance(milliseconds: 100_000)
        #expect(api.jobs.driver.nextDeadline == nil, "nobody listens, so nothing wakes the loop")
    }

    @Test(
        "a listener that has gone leaves nothing in memory, whoever ended it", arguments: [false, true])
    func nothingKept(isDrained: Bool) throws {
        let api = try APIHarness()
        weak var connection: FakeTransport?
        do {
            let listener = Self.listen(api)
            connection = listener
            listener.room = 0
            try api.post("a", #"{"dueTime":"1s"}"#)
            api.jobs.advance(milliseconds: 1000)
            if isDrained { api.stopServer() }
            api.jobs.driver.onLoop { listener.receiveReset() }
            #expect(listener.isGone)
        }
        // What a listener waits for holds its connection.
        #expect(connection == nil)
    }

    @Test("where nobody listens nobody is told")
    func nobody() throws {
        let api = try APIHarness()
        #expect(api.jobs.driver.onLoop { api.jobs.jobs.executor.onFired == nil })
        let listener = Self.listen(api)
        #expect(api.jobs.driver.onLoop { api.jobs.jobs.executor.onFired != nil })
        listener.receiveEnd()
        #expect(api.jobs.driver.onLoop { api.jobs.jobs.executor.onFired == nil })
    }
}
