import JobsRuntime
import Reactor
import TestKit
import Testing

@Suite("Readiness: 503 for what the host can mend, 200 whatever the app does")
struct ReadinessTests {
    private func text(_ harness: JobsHarness) -> String {
        String(decoding: harness.readiness.document, as: UTF8.self)
    }

    @Test("the document has every check by its name and figure")
    func document() throws {
        let (harness, _) = try JobsHarness.recording()
        #expect(
            text(harness)
                == #"{"ready":true,"checks":{"serving":{"ok":true},"#
                + #""store":{"ok":true,"fault":null,"oldest_commit_seconds":0.0,"budget_seconds":10.0},"#
                + #""reads":{"ok":true,"oldest_read_seconds":0.0,"budget_seconds":10.0},"#
                + #""dispatch":{"ok":true,"oldest_overdue_seconds":0.0,"budget_seconds":10.0},"#
                + #""loop":{"ok":true,"lag_seconds":0.0,"budget_seconds":1.0}},"#
                + #""receivers":{"accepting":1,"routes":1},"#
                + #""apart":{"held":0,"waiting":0,"retrying":0,"catching_up":0,"unrouted":0}}"#)
    }

    @Test("not ready while the store is at fault, and its words say why; ready once it answers")
    func storeFault() throws {
        let (harness, _) = try JobsHarness.recording()
        harness.store.fault = .init(Garage.full, .beforeWriting)
        _ = try harness.schedule("a", #"{"dueTime":"1h"}"#)
        #expect(!harness.readiness.isReady)
        #expect(text(harness).contains(#""store":{"ok":false,"fault":"the disk is full""#))
        harness.store.fault = nil
        harness.advance(milliseconds: 60_000)
        #expect(harness.readiness.isReady)
    }

    @Test("not ready while a commit hangs, though nothing has failed")
    func hangingCommit() throws {
        let (harness, _) = try JobsHarness.recording()
        harness.driver.setWorker("store-writer", isPaused: true)
        _ = try harness.schedule("a", #"{"dueTime":"1h"}"#)
        harness.advance(milliseconds: 10_000)
        #expect(harness.readiness.isReady)
        harness.advance(milliseconds: 1)
        #expect(!harness.readiness.isReady)
        #expect(text(harness).contains(#""oldest_commit_seconds":10.001"#))
        harness.driver.setWorker("store-writer", isPaused: false)
        #expect(harness.readiness.isReady)
    }

    @Test("not ready while a read of the due order hangs")
    func hangingRead() throws {
        let harness = try JobsHarness()
        harness.driver.setWorker("store-reader", isPaused: true)
        harness.begin()
        harness.advance(milliseconds: 10_001)
        #expect(text(harness).contains(#""reads":{"ok":false,"oldest_read_seconds":10.001"#))
        harness.driver.setWorker("store-reader", isPaused: false)
        #expect(harness.readiness.isReady)
    }

    @Test(
        "not ready while a tick waits past the budget though a slot is free, and ready when it has been sent")
    func overdue() throws {
        var limits = JobLimits()
        limits.maximumUnsettledResults = 1
        limits.readinessStoreMilliseconds = 3_600_000
        let harness = try JobsHarness(limits: limits)
        let receiver = RecordingReceiver(harness)
        harness.route("", to: receiver)
        harness.begin()
        for name in ["first", "second"] { _ = try harness.schedule(name, #"{"dueTime":"1s"}"#) }
        // The first one's result cannot be settled, and no more may wait for that.
        harness.driver.setWorker("store-writer", isPaused: true)
        harness.advance(milliseconds: 11_000)
        #expect(receiver.names.count == 1)
        #expect(harness.readiness.isReady)
        harness.advance(milliseconds: 1)
        #expect(!harness.readiness.isReady)
        #expect(text(harness).contains(#""dispatch":{"ok":false,"oldest_overdue_seconds":10.001"#))
        harness.driver.setWorker("store-writer", isPaused: false)
        #expect(receiver.names.count == 2)
        #expect(harness.readiness.isReady)
    }

    @Test("ready while a slow app has no free slot: what waits is shown apart")
    func slowApp() throws {
        let (harness, receiver) = try JobsHarness.recording()
        receiver.slots = 1
        receiver.answer = { _ in nil }
        for name in ["first", "second"] { _ = try harness.schedule(name, #"{"dueTime":"1s"}"#) }
        harness.advance(milliseconds: 3_600_000)
        #expect(receiver.names.count == 1)
        #expect(harness.readiness.isReady)
        #expect(text(harness).contains(#""waiting":1"#))
    }

    @Test("ready with a dead app that holds jobs, and while it catches up once it is back")
    func deadApp() throws {
        let (harness, receiver) = try JobsHarness.recording()
        receiver.slots = 1
        receiver.answer = { _ in nil }
        harness.driver.onLoop { receiver.isAccepting = false }
        for index in 0..<20 { _ = try harness.schedule("job-\(index)", #"{"dueTime":"1s"}"#) }
        harness.advance(milliseconds: 3_600_000)
        #expect(harness.readiness.isReady)
        #expect(text(harness).contains(#""apart":{"held":20"#))
        #expect(text(harness).contains(#""receivers":{"accepting":0,"routes":1}"#))
        harness.driver.onLoop { receiver.isAccepting = true }
        harness.advance(milliseconds: 3_600_000)
        #expect(receiver.deliveries.count == 1)
        #expect(harness.readiness.isReady)
        #expect(text(harness).contains(#""apart":{"held":0,"waiting":19,"retrying":0,"catching_up":19"#))
    }

    @Test("ready while a handler's own 'undeliverable' holds its job among busy slots")
    func heldByHandler() throws {
        let (harness, receiver) = try JobsHarness.recording()
        receiver.slots = 1
        receiver.answer = { $0.name == "held" ? .undeliverable : nil }
        _ = try harness.schedule("held", #"{"dueTime":"1s"}"#)
        _ = try harness.schedule("busy", #"{"dueTime":"60s"}"#)
        harness.advance(milliseconds: 80_000)
        #expect(receiver.names.last == "busy")
        #expect(harness.readiness.isReady)
        #expect(text(harness).contains(#""catching_up":1"#))
    }

    @Test("ready while retries wait for a slot")
    func retrying() throws {
        let (harness, receiver) = try JobsHarness.recording()
        receiver.slots = 1
        receiver.answer = { $0.name == "retried" ? .failed(reason: "no") : nil }
        _ = try harness.schedule("retried", #"{"dueTime":"1s"}"#)
        _ = try harness.schedule("busy", #"{"dueTime":"1500ms"}"#)
        harness.advance(milliseconds: 60_000)
        #expect(harness.readiness.isReady)
        #expect(text(harness).contains(#""retrying":1"#))
    }

    @Test("ready after a start with a backlog: what was due before it catches up")
    func catchingUp() throws {
        let (before, _) = try JobsHarness.recording()
        for index in 0..<5 { _ = try before.schedule("job-\(index)", #"{"dueTime":"1s"}"#) }
        before.crash()
        let after = try JobsHarness(store: before.store, at: before.now + .seconds(3600))
        let receiver = RecordingReceiver(after)
        receiver.slots = 1
        receiver.answer = { _ in nil }
        after.route("", to: receiver)
        after.begin()
        after.advance(milliseconds: 60_000)
        #expect(receiver.deliveries.count == 1)
        #expect(after.readiness.isReady)
        #expect(text(after).contains(#""catching_up":4"#))
    }

    @Test("ready while a job's own ticks take longer than its interval")
    func slowJob() throws {
        let (harness, receiver) = try JobsHarness.recording()
        receiver.slots = 1
        receiver.answer = { _ in nil }
        _ = try harness.schedule("slow", #"{"schedule":"@every 1s","dueTime":"0s"}"#)
        harness.advance(milliseconds: 30_000)
        _ = try harness.schedule("busy", #"{"dueTime":"0s"}"#)
        harness.driver.onLoop { receiver.finish(receiver.deliveries[0], .succeeded) }
        #expect(receiver.names == ["slow", "busy"])
        harness.advance(milliseconds: 9000)
        #expect(harness.readiness.isReady)
        #expect(text(harness).contains(#""catching_up":1"#))
    }

    @Test("ready while a job waits for a slot that was due long before a client scheduled it")
    func belated() throws {
        let (harness, receiver) = try JobsHarness.recording()
        receiver.slots = 1
        receiver.answer = { _ in nil }
        harness.advance(milliseconds: 3_600_000)
        for name in ["busy", "next"] { _ = try harness.schedule(name, #"{"dueTime":"0s"}"#) }
        _ = try harness.schedule("belated", #"{"dueTime":"-30m"}"#)
        _ = try harness.schedule("replaced", #"{"dueTime":"2026-11-24T12:30:00Z","overwrite":true}"#)
        harness.advance(milliseconds: 9000)
        #expect(receiver.names == ["busy"])
        #expect(harness.readiness.isReady)
        #expect(text(harness).contains(#""catching_up":2"#))
    }

    @Test("not ready while the loop comes late to its timers, and ready after a while without")
    func lag() {
        var figures = JobFigures()
        figures.loopLagSeconds = 1.001
        #expect(!ReadinessReport(figures, JobLimits(), isServing: true).isReady)
        figures.loopLagSeconds = 1
        #expect(ReadinessReport(figures, JobLimits(), isServing: true).isReady)
        #expect(!ReadinessReport(figures, JobLimits(), isServing: false).isReady)
    }
}
