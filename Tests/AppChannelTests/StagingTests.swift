import AppChannel
import JobsRuntime
import Reactor
import TestKit
import Testing

@Suite("Staging: when an app gets its jobs (contract, section 5.4)")
struct StagingTests {
    private static let waiting =
        "info: application protocol: http. waiting on port 6200.  This will block until the app is listening on that port."
    private static let discovered = "info: application discovered on port 6200"

    @Test("a port that nobody listens on is tried every 100 ms without limit, and jobs are held meanwhile")
    func poll() throws {
        let harness = try AppHarness(isListening: false)
        try harness.schedule("held")
        harness.advance(60_000)
        #expect(harness.app.dials == (0...600).map { 100 * $0 })
        #expect(harness.app.calls.isEmpty)
        #expect(harness.log.lines == [Self.waiting])
        #expect(harness.jobs.exists("held") == true)
        harness.app.isListening = true
        harness.advance(200)
        #expect(harness.triggers("held").count == 1)
        #expect(harness.app.calls.last?.fields.contains("mainspring-attempt: 1") == true)
        #expect(harness.log.lines == [Self.waiting, Self.discovered])
        #expect(harness.jobs.exists("held") == false)
    }

    @Test("what is said of an app has the scopes of Dapr's log (contract, section 8.3)")
    func scopes() throws {
        let harness = try AppHarness { $0.asksForConfiguration = false }
        harness.app.reply = { _ in .status(404) }
        try harness.schedule("a")
        harness.advance(100)
        #expect(
            harness.log.entries.map(\.scope) == [
                "dapr.runtime", "dapr.runtime", "dapr.runtime.scheduler.cluster",
            ])
        #expect(harness.log.lines.prefix(2) == [Self.waiting, Self.discovered])
        #expect(harness.count("error: non-retriable error returned from app") == 1)
    }

    @Test("a port that neither takes nor refuses is given up after 500 ms, and tried again 100 ms later")
    func dialTimeout() throws {
        let harness = try AppHarness(isListening: nil)
        harness.advance(2000)
        #expect(harness.app.dials == [0, 600, 1200, 1800])
    }

    @Test("all that was held is delivered when the app is discovered, with its first attempt")
    func heldJobs() throws {
        let harness = try AppHarness(isListening: false)
        for index in 0..<500 { try harness.schedule("job-\(index)") }
        harness.advance(600_000)
        harness.app.isListening = true
        harness.advance(200)
        let triggers = harness.app.calls.filter { $0.line.hasPrefix("POST /job/") }
        #expect(triggers.count == 500)
        #expect(triggers.allSatisfy { $0.fields.contains("mainspring-attempt: 1") })
        #expect(harness.outcomes("undeliverable") == 0)
    }

    @Test("a tick that is held is not subject to the ttl: it is delivered, and those up to the ttl with it")
    func heldPastTTL() throws {
        let harness = try AppHarness(isListening: false)
        try harness.schedule("a", #"{"schedule":"@every 1s","ttl":"3s"}"#)
        harness.advance(600_000)
        #expect(harness.jobs.exists("a") == true)
        harness.app.isListening = true
        harness.advance(200)
        #expect(harness.triggers("a").count == 3)
        #expect(harness.jobs.exists("a") == false)
    }

    @Test("a job that is deleted or replaced while it is held is not delivered as it was")
    func heldAndChanged() throws {
        let harness = try AppHarness(isListening: false)
        for name in ["gone", "replaced", "later"] {
            try harness.schedule(name, #"{"dueTime":"0s","data":1}"#)
        }
        harness.advance(1000)
        _ = harness.jobs.delete("gone")
        try harness.schedule("replaced", #"{"dueTime":"0s","data":22,"overwrite":true}"#)
        try harness.schedule("later", #"{"dueTime":"60s","data":3,"overwrite":true}"#)
        harness.app.isListening = true
        harness.advance(30_000)
        #expect(harness.triggers("gone").isEmpty)
        #expect(harness.triggers("later").isEmpty)
        let triggers = harness.app.calls.filter { $0.line.hasPrefix("POST") }
        #expect(triggers.map(\.line) == ["POST /job/replaced HTTP/1.1"])
        #expect(triggers.first?.fields.contains("Content-Length: 2") == true)
        harness.advance(60_000)
        #expect(harness.triggers("later") == [61_000])
    }

    @Test("an app that dies after it was discovered holds its jobs again, where Dapr burns their attempts")
    func appDies() throws {
        let harness = try AppHarness()
        harness.advance(10)
        harness.app.reply = { _ in .text("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        }
        try harness.schedule("before")
        harness.advance(10)
        harness.app.isListening = false
        try harness.schedule("held")
        harness.advance(60_000)
        #expect(harness.jobs.exists("held") == true)
        #expect(harness.triggers("held").isEmpty)
        harness.app.isListening = true
        harness.advance(200)
        #expect(harness.triggers("held").count == 1)
        #expect(harness.app.calls.last?.fields.contains("mainspring-attempt: 1") == true)
        #expect(harness.count("nobody listens on the app's port 6200") == 1)
        #expect(harness.count("application discovered on port 6200") == 2)
    }

    @Test(
        "the host is not ready until it has found the app, and stays ready when that dies (contract, section 8.1)"
    )
    func notReady() throws {
        let harness = try AppHarness(isListening: false)
        harness.advance(1000)
        #expect(harness.jobs.jobs.notReady == ["app on port 6200"])
        harness.app.isListening = true
        harness.advance(200)
        #expect(harness.jobs.jobs.notReady.isEmpty)
        harness.app.endAll()
        harness.app.isListening = false
        try harness.schedule("held")
        harness.advance(1000)
        #expect(!harness.receiver.isAccepting)
        #expect(harness.jobs.jobs.notReady.isEmpty)
    }

    @Test("a stop leaves no timer and no connection behind, whatever the app was doing")
    func stop() throws {
        for isListening in [true, false, nil] {
            let harness = try AppHarness(isListening: isListening) {
                $0.health = AppHealthCheck()
            } reply: { _ in
                .silence
            }
            try harness.schedule("a")
            harness.advance(50)
            harness.jobs.driver.onLoop { harness.jobs.jobs.executor.abandonRuns() }
            harness.advance(60_000)
            #expect(harness.app.openConnections == 0)
            #expect(harness.jobs.driver.nextDeadline == nil)
        }
    }
}

@Suite("What an app sees of its host (contract, sections 5.5 and 6)")
struct AppCallsTests {
    @Test("at start: one connection as a probe, then one GET /dapr/config that names the app id")
    func start() throws {
        let harness = try AppHarness { $0.token = "s3cret" }
        harness.advance(60_000)
        #expect(harness.app.dials == [0, 0])
        #expect(harness.app.lines == ["GET /dapr/config HTTP/1.1"])
        #expect(
            harness.app.calls[0].fields == [
                "Host: 127.0.0.1:6200", "User-Agent: mainspring", "Accept-Encoding: gzip",
                "Dapr-Api-Token: s3cret", "Dapr-App-Id: garage",
            ])
    }

    @Test("any answer to it is fine, and none", arguments: [200, 404, 500, 0])
    func configurationAnswer(status: Int) throws {
        let harness = try AppHarness(reply: { call in
            if !call.line.hasPrefix("GET") { return .status(200) }
            return status == 0 ? .silence : .status(status)
        })
        harness.advance(10)
        try harness.schedule("a")
        harness.advance(60_000)
        #expect(harness.triggers("a").count == 1)
        #expect(harness.app.times("/dapr/config") == [0])
        // The one that is not answered is given up, and its connection with it.
        if status == 0 { #expect(harness.app.openConnections <= 1) }
    }

    @Test("the configuration is asked for once, though the app comes and goes")
    func configurationOnce() throws {
        let harness = try AppHarness(reply: { _ in .hangUp })
        for _ in 0..<3 {
            harness.app.isListening = true
            harness.advance(1000)
            harness.app.isListening = false
            try harness.schedule("a", #"{"dueTime":"0s","overwrite":true}"#)
            harness.advance(1000)
        }
        #expect(harness.count("application discovered") >= 2)
        #expect(harness.app.times("/dapr/config").count == 1)
    }

    @Test("it is not made where it is turned off")
    func configurationOff() throws {
        let harness = try AppHarness { $0.asksForConfiguration = false }
        try harness.schedule("a")
        harness.advance(60_000)
        #expect(harness.app.lines == ["POST /job/a HTTP/1.1"])
    }

    @Test("a trigger's fields are the contract's, with the run context behind them, and no trace")
    func trigger() throws {
        let harness = try AppHarness {
            $0.token = "s3cret"
            $0.asksForConfiguration = false
        }
        try harness.schedule("a")
        harness.advance(10)
        let fields = try #require(harness.app.calls.first).fields
        #expect(
            fields.prefix(5) == [
                "Host: 127.0.0.1:6200", "User-Agent: mainspring", "Accept-Encoding: gzip",
                "Dapr-Api-Token: s3cret", "Content-Type: application/json",
            ])
        #expect(fields.last == "Content-Length: 0")
        #expect(fields.dropFirst(5).dropLast().allSatisfy { $0.hasPrefix("mainspring-") })
    }

    @Test(
        "an app gets no more jobs at a time than it is given, and connections are used again",
        arguments: [1, 3])
    func concurrency(limit: Int) throws {
        let harness = try AppHarness {
            $0.maximumConcurrency = limit
            $0.asksForConfiguration = false
        }
        harness.app.reply = { _ in .silence }
        for index in 0..<20 { try harness.schedule("job-\(index)") }
        harness.advance(60_000)
        #expect(harness.app.calls.count == limit)
    }

    @Test("without a limit a slow app gets as many as there may be connections, but for two")
    func noLimit() throws {
        let harness = try AppHarness { $0.limits.clientConnections = 100 }
        harness.app.reply = { _ in .silence }
        for index in 0..<200 { try harness.schedule("job-\(index)") }
        harness.advance(60_000)
        #expect(harness.app.calls.count { $0.line.hasPrefix("POST") } == 98)
    }

    @Test("the pool is as large as the contract has it: 1024 connections, 64 idle, answers' heads of 4 KiB")
    func pool() {
        let limits = AppChannel(port: 6200, appID: "garage").limits
        #expect(limits.clientConnections == 1024)
        #expect(limits.clientIdleConnections == 64)
        #expect(limits.responseHeaderBytes == 4096)
    }

    @Test("no reply is waited for without limit, and stalls that job alone")
    func noReply() throws {
        let harness = try AppHarness()
        harness.app.reply = { $0.line.contains("/job/stuck ") ? .silence : .status(200) }
        try harness.schedule("stuck", #"{"schedule":"@every 1s"}"#)
        try harness.schedule("other", #"{"schedule":"@every 1s"}"#)
        harness.advance(600_500)
        #expect(harness.triggers("stuck").count == 1)
        #expect(harness.triggers("other").count == 600)
    }
}
