import JobsRuntime
import Reactor
import TestKit
import Testing

@Suite("Routes: who gets a job, and what happens when nobody can")
struct RouteTests {
    @Test("the longest prefix wins, byte for byte")
    func longestPrefix() throws {
        let harness = try JobsHarness()
        let all = RecordingReceiver(harness)
        let droids = RecordingReceiver(harness)
        let r2 = RecordingReceiver(harness)
        harness.route("", to: all)
        harness.route("r", to: droids)
        harness.route("r2-", to: r2)
        harness.begin()
        for name in ["r2-d2", "r5", "R2-D2", "x"] { _ = try harness.schedule(name, #"{"dueTime":"1s"}"#) }
        harness.advance(milliseconds: 1000)
        #expect(r2.names == ["r2-d2"])
        #expect(droids.names == ["r5"])
        #expect(Set(all.names) == ["R2-D2", "x"])
    }

    @Test("a prefix that is taken is refused, and its owner named")
    func takenPrefix() throws {
        let harness = try JobsHarness()
        harness.route("a", to: RecordingReceiver(harness))
        let owner = harness.driver.onLoop {
            harness.jobs.executor.add(prefix: "a", receiver: RecordingReceiver(harness))
        }
        #expect(owner == "recorder")
    }

    @Test("a job without a route is kept, counted, and fires when a route appears")
    func noRoute() throws {
        let harness = try JobsHarness()
        harness.begin()
        _ = try harness.schedule("lost", #"{"dueTime":"1s"}"#)
        harness.advance(milliseconds: 3_600_000)
        #expect(harness.exists("lost") == true)
        #expect(harness.driver.onLoop { harness.jobs.figures.unrouted } == 1)
        let receiver = RecordingReceiver(harness)
        harness.route("lo", to: receiver)
        harness.advance(milliseconds: 1)
        #expect(receiver.names == ["lost"])
        #expect(receiver.deliveries.first?.trigger.attempt == 1)
    }

    @Test("a job without a route is counted and named in the log once, however often its key is read again")
    func noRouteOnce() throws {
        let log = LogRecorder()
        let harness = try JobsHarness(log: log)
        let other = RecordingReceiver(harness)
        harness.route("other-", to: other)
        harness.begin()
        _ = try harness.schedule("other-first", #"{"dueTime":"1s"}"#)
        for name in ["lost", "lost-too"] { _ = try harness.schedule(name, #"{"dueTime":"2s"}"#) }
        harness.driver.onLoop { other.isAccepting = false }
        harness.advance(milliseconds: 10_000)
        for index in 0..<10 {
            harness.driver.onLoop { other.isAccepting.toggle() }
            harness.route("more-\(index)", to: RecordingReceiver(harness))
            harness.advance(milliseconds: 1000)
            _ = try harness.schedule("other-\(index)", #"{"dueTime":"-1h"}"#)
        }
        harness.advance(milliseconds: 10_000)
        #expect(harness.driver.onLoop { harness.jobs.figures.unrouted } == 2)
        for name in ["lost", "lost-too"] {
            #expect(log.lines.count { $0.contains("no app for job \"\(name)\"") } == 1, "\(log.lines)")
        }
    }

    @Test(
        "a receiver that is not accepting has its jobs held without an attempt, and gets them when it accepts"
    )
    func notAccepting() throws {
        let harness = try JobsHarness()
        let app = RecordingReceiver(harness)
        app.isAccepting = false
        harness.route("", to: app)
        harness.begin()
        for index in 0..<50 { _ = try harness.schedule("job-\(index)", #"{"dueTime":"1s"}"#) }
        harness.advance(milliseconds: 60_000)
        #expect(app.deliveries.isEmpty)
        #expect(harness.windowCount == 0)
        harness.driver.onLoop { app.isAccepting = true }
        harness.advance(milliseconds: 20)
        #expect(app.deliveries.count == 50)
        #expect(app.deliveries.allSatisfy { $0.trigger.attempt == 1 })
    }

    @Test("one dead receiver and a missing route delay nobody else, though their jobs fill the window")
    func deadReceiverDelaysNobody() throws {
        var limits = JobLimits()
        limits.windowJobs = 16
        limits.refillJobs = 8
        limits.readyJobsPerRoute = 8
        let harness = try JobsHarness(limits: limits)
        let dead = RecordingReceiver(harness)
        dead.isAccepting = false
        let live = RecordingReceiver(harness)
        harness.route("dead", to: dead)
        harness.route("live", to: live)
        harness.begin()
        for index in 0..<200 {
            _ = try harness.schedule("dead-\(index)", #"{"dueTime":"1s"}"#)
            _ = try harness.schedule("nobody-\(index)", #"{"dueTime":"1s"}"#)
            _ = try harness.schedule("live-\(index)", #"{"dueTime":"1s"}"#)
        }
        harness.advance(milliseconds: 1100)
        #expect(Set(live.names).count == 200)
        #expect(live.deliveries.count == 200)
        harness.driver.onLoop { dead.isAccepting = true }
        harness.advance(milliseconds: 100)
        #expect(Set(dead.names).count == 200)
        #expect(dead.deliveries.count == 200)
    }

    @Test("a receiver without a free slot gets the rest as slots come free, in due order")
    func backPressure() throws {
        let harness = try JobsHarness()
        let slow = RecordingReceiver(harness)
        slow.slots = 2
        slow.answer = { _ in nil }
        harness.route("", to: slow)
        harness.begin()
        for index in 0..<10 { _ = try harness.schedule("job-\(index)", #"{"dueTime":"\#(index + 1)s"}"#) }
        harness.advance(milliseconds: 60_000)
        #expect(slow.names == ["job-0", "job-1"])
        for index in 0..<8 {
            harness.driver.onLoop { slow.finish(slow.deliveries[index], .succeeded) }
            #expect(slow.names.count == index + 3)
        }
        #expect(slow.names == (0..<10).map { "job-\($0)" })
    }
}
