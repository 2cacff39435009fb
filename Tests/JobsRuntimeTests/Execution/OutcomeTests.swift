import JobsRuntime
import MetricsTestKit
import Reactor
import TestKit
import Testing

@Suite("Outcomes: what follows a trigger, on a virtual clock")
struct OutcomeTests {
    @Test(
        "the default policy: four attempts a second apart, anchored to the planned time, then the job is gone"
    )
    func fourAttempts() throws {
        let (harness, receiver) = try JobsHarness.recording()
        receiver.answer = { _ in .failed(reason: "no oil") }
        _ = try harness.schedule("a", #"{"dueTime":"1s"}"#)
        harness.advance(milliseconds: 20_000)
        #expect(receiver.milliseconds == [1000, 2000, 3000, 4000])
        #expect(receiver.deliveries.map(\.trigger.attempt) == [1, 2, 3, 4])
        #expect(receiver.deliveries.map(\.trigger.isLastAttempt) == [false, false, false, true])
        #expect(Set(receiver.deliveries.map(\.trigger.runID)).count == 1)
        #expect(harness.exists("a") == false)
        #expect(harness.store.count == harness.emptyStoreKeys)
    }

    @Test("a spent tick of a recurring job goes on to the next, with a run id of its own")
    func spentTickGoesOn() throws {
        let (harness, receiver) = try JobsHarness.recording()
        receiver.answer = {
            $0.plannedTime == JobsHarness.start + .seconds(10) ? .failed(reason: "x") : .succeeded
        }
        _ = try harness.schedule("a", #"{"schedule":"@every 10s","repeats":2}"#)
        harness.advance(milliseconds: 60_000)
        #expect(receiver.milliseconds == [10_000, 11_000, 12_000, 13_000, 20_000])
        #expect(Set(receiver.deliveries.map(\.trigger.runID)).count == 2)
    }

    @Test("attempts survive a crash: the count goes on where it was, and the retry comes at its time")
    func attemptsSurvive() throws {
        let store = MemoryStore()
        let (before, failing) = try JobsHarness.recording(on: store)
        failing.answer = { _ in .failed(reason: "x") }
        _ = try before.schedule("a", #"{"dueTime":"1s"}"#)
        before.advance(milliseconds: 2500)
        #expect(failing.deliveries.count == 2)
        before.crash()
        let after = try JobsHarness(store: store, at: before.now)
        let receiver = RecordingReceiver(after)
        receiver.answer = { _ in .failed(reason: "x") }
        after.route("", to: receiver)
        after.begin()
        after.advance(milliseconds: 10_000)
        #expect(receiver.milliseconds == [3000, 4000])
        #expect(receiver.deliveries.map(\.trigger.attempt) == [3, 4])
        #expect(receiver.deliveries.first?.trigger.runID == failing.deliveries.first?.trigger.runID)
    }

    @Test("a crash before the result is committed repeats the trigger under the same run id")
    func crashRepeats() throws {
        let store = MemoryStore()
        let (before, receiver) = try JobsHarness.recording(on: store)
        _ = try before.schedule("a", #"{"dueTime":"1s"}"#)
        before.driver.setWorker("store-writer", isPaused: true)
        before.advance(milliseconds: 1500)
        #expect(receiver.deliveries.count == 1)
        before.crash()
        let (after, again) = try JobsHarness.recording(on: store, at: before.now)
        after.advance(milliseconds: 10)
        #expect(again.deliveries.map(\.trigger.runID) == receiver.deliveries.map(\.trigger.runID))
        #expect(again.deliveries.map(\.trigger.attempt) == [1])
    }

    @Test("a snooze costs no attempt, and survives a crash")
    func snooze() throws {
        let store = MemoryStore()
        let (harness, receiver) = try JobsHarness.recording(on: store)
        receiver.answer = { _ in .snoozed(.seconds(30)) }
        _ = try harness.schedule("a", #"{"dueTime":"1s"}"#)
        harness.advance(milliseconds: 1100)
        harness.crash()
        let (after, later) = try JobsHarness.recording(on: store, at: harness.now)
        after.advance(milliseconds: 60_000)
        #expect(later.milliseconds == [31_000])
        #expect(later.deliveries.map(\.trigger.attempt) == [1])
    }

    @Test("a cancelled tick is given up at once")
    func cancelled() throws {
        let (harness, receiver) = try JobsHarness.recording()
        receiver.answer = { _ in .cancelled(reason: "scrapped") }
        _ = try harness.schedule("a", #"{"dueTime":"1s"}"#)
        harness.advance(milliseconds: 10_000)
        #expect(receiver.deliveries.count == 1)
        #expect(harness.exists("a") == false)
    }

    @Test("an undeliverable trigger is held, tried again, and burns no attempt")
    func undeliverable() throws {
        let (harness, receiver) = try JobsHarness.recording()
        var refusals = 5
        receiver.answer = { _ in
            refusals -= 1
            return refusals >= 0 ? .undeliverable : .succeeded
        }
        _ = try harness.schedule("a", #"{"dueTime":"1s"}"#)
        harness.advance(milliseconds: 10_000)
        #expect(receiver.milliseconds == [1000, 2000, 3000, 4000, 5000, 6000])
        #expect(receiver.deliveries.allSatisfy { $0.trigger.attempt == 1 })
    }

    @Test("an outcome that comes twice, or after the run was given up, changes nothing")
    func outcomeTwice() throws {
        let (harness, receiver) = try JobsHarness.recording()
        receiver.answer = { _ in nil }
        _ = try harness.schedule("a", #"{"schedule":"@every 1s","repeats":2}"#)
        harness.advance(milliseconds: 1000)
        let first = receiver.deliveries[0]
        harness.driver.onLoop {
            receiver.finish(first, .succeeded)
            receiver.finish(first, .failed(reason: "again"))
        }
        harness.advance(milliseconds: 5000)
        #expect(receiver.deliveries.count == 2)
    }

    @Test("nobody but the log and the metrics is told of a failed attempt, and of a tick that is given up")
    func told() throws {
        let (log, metrics) = (LogRecorder(), TestMetrics())
        let harness = try JobsHarness(log: log, metrics: metrics)
        let receiver = RecordingReceiver(harness)
        receiver.answer = { _ in .failed(reason: "no oil") }
        harness.route("", to: receiver)
        harness.begin()
        _ = try harness.schedule(
            "a", #"{"dueTime":"1s","failurePolicy":{"constant":{"interval":"1s","maxRetries":1}}}"#)
        harness.advance(milliseconds: 10_000)
        #expect(receiver.names == ["a", "a"])
        #expect(
            log.lines == [
                #"warning: job "a" failed, attempt 1: no oil"#,
                #"error: job "a" failed at its last attempt, 2; the tick is given up: no oil"#,
            ])
        #expect(metrics.counterTotal(label: "dapr_scheduler_jobs_failed_total") == 2)
        #expect(metrics.counterTotal(label: "mainspring_ticks_given_up_total") == 1)
    }

    private struct Throwing: JobHandler {
        struct Broken: Error {}
        func handle(_ trigger: JobTrigger) async throws -> TriggerOutcome { throw Broken() }
    }

    @Test("a handler that throws has failed the attempt, and follows the policy")
    func throwing() throws {
        let metrics = TestMetrics()
        let harness = try JobsHarness(metrics: metrics)
        harness.route("", toHandler: Throwing())
        harness.begin()
        _ = try harness.schedule("a", #"{"dueTime":"1s"}"#)
        harness.advance(milliseconds: 10_000)
        #expect(metrics.counterTotal(label: "dapr_scheduler_jobs_failed_total") == 4)
        #expect(metrics.counterTotal(label: "mainspring_ticks_given_up_total") == 1)
        #expect(harness.exists("a") == false)
    }
}
