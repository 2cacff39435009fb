import JobsRuntime
import Reactor
import TestKit
import Testing

@Suite("Ticks: when a job fires, on a virtual clock")
struct TickTests {
    @Test("a one-shot fires at its millisecond and is gone")
    func oneShot() throws {
        let (harness, receiver) = try JobsHarness.recording()
        _ = try harness.schedule("r2-d2", #"{"data":{"Value":"R2-D2:Oil Change"},"dueTime":"2s"}"#)
        harness.advance(milliseconds: 1999)
        #expect(receiver.deliveries.isEmpty)
        harness.advance(milliseconds: 1)
        #expect(receiver.milliseconds == [2000])
        #expect(receiver.deliveries.first?.trigger.data == Array(#"{"Value":"R2-D2:Oil Change"}"#.utf8))
        harness.advance(milliseconds: 20)
        #expect(harness.exists("r2-d2") == false)
        harness.advance(milliseconds: 100_000)
        #expect(receiver.deliveries.count == 1)
    }

    @Test("a due time between two milliseconds waits for the later one")
    func neverEarly() throws {
        let (harness, receiver) = try JobsHarness.recording()
        _ = try harness.schedule("a", #"{"dueTime":"1500001ns"}"#)
        harness.advance(milliseconds: 10)
        #expect(receiver.milliseconds == [2])
    }

    @Test("a trigger carries how late it is, on the clock that it was due on")
    func lateness() throws {
        let (harness, receiver) = try JobsHarness.recording()
        _ = try harness.schedule("past", #"{"dueTime":"-5s"}"#)
        _ = try harness.schedule("between", #"{"dueTime":"1500001ns"}"#)
        harness.advance(milliseconds: 10)
        let lateness = receiver.deliveries.map(\.trigger.lateness)
        #expect(lateness == [.seconds(5), .nanoseconds(499_999)])
    }

    @Test("a due time in the past fires at once", arguments: ["-5s", "2020-01-01T00:00:00Z", "0s"])
    func past(dueTime: String) throws {
        let (harness, receiver) = try JobsHarness.recording()
        _ = try harness.schedule("a", #"{"dueTime":"\#(dueTime)"}"#)
        harness.advance(milliseconds: 1)
        #expect(receiver.milliseconds == [0])
    }

    @Test(
        "ticks of schedule, dueTime and repeats together (contract 4.5)",
        arguments: [
            (#"{"schedule":"@every 1s","repeats":2}"#, [1000, 2000]),
            (#"{"schedule":"@every 1s","dueTime":"1s","repeats":3}"#, [1000, 2000, 3000]),
            (#"{"schedule":"@every 1m","dueTime":"0s","repeats":2}"#, [0, 60_000]),
            (#"{"dueTime":"3s","repeats":1}"#, [3000]),
            (#"{"schedule":"@every 5s","dueTime":"2s","repeats":4}"#, [2000, 7000, 12_000, 17_000]),
        ] as [(String, [Int64])])
    func combinations(body: String, expected: [Int64]) throws {
        let (harness, receiver) = try JobsHarness.recording()
        _ = try harness.schedule("a", body)
        harness.advance(milliseconds: 200_000)
        #expect(receiver.milliseconds == expected)
        #expect(harness.exists("a") == false)
        #expect(harness.store.count == harness.emptyStoreKeys)
    }

    @Test("a recurring job does not drift, whatever its handler's answers take")
    func noDrift() throws {
        let (harness, receiver) = try JobsHarness.recording()
        _ = try harness.schedule("a", #"{"schedule":"@every 7ms","repeats":100}"#)
        harness.advance(milliseconds: 1000)
        let planned = receiver.deliveries.map { $0.trigger.plannedTime.millisecondsSinceEpoch }
        let start = JobsHarness.start.millisecondsSinceEpoch
        #expect(planned == (1...100).map { start + 7 * Int64($0) })
    }

    @Test("one tick of a job at a time: the next waits for the result of the one before")
    func oneAtATime() throws {
        let (harness, receiver) = try JobsHarness.recording()
        receiver.answer = { _ in nil }
        _ = try harness.schedule("a", #"{"schedule":"@every 1s"}"#)
        harness.advance(milliseconds: 5500)
        #expect(receiver.milliseconds == [1000])
        let first = receiver.deliveries[0]
        receiver.answer = { _ in .succeeded }
        harness.driver.onLoop { receiver.finish(first, .succeeded) }
        harness.advance(milliseconds: 1)
        // The ticks of seconds 2 to 5 were missed and are caught up back to back.
        #expect(receiver.deliveries.count == 5)
        #expect(receiver.milliseconds.dropFirst().allSatisfy { $0 <= 5501 })
        harness.advance(milliseconds: 500)
        #expect(receiver.milliseconds.last == 6000)
    }

    @Test("after a restart every missed tick is caught up, one by one, and a one-shot fires once, late")
    func catchUp() throws {
        let store = MemoryStore()
        let (before, _) = try JobsHarness.recording(on: store)
        _ = try before.schedule("every", #"{"schedule":"@every 10s"}"#)
        _ = try before.schedule("once", #"{"dueTime":"15s"}"#)
        before.crash()
        let (after, receiver) = try JobsHarness.recording(on: store, at: JobsHarness.start + .seconds(45))
        after.advance(milliseconds: 100)
        #expect(receiver.names.filter { $0 == "once" }.count == 1)
        let ticks = receiver.deliveries.filter { $0.trigger.name == "every" }.map(\.trigger.plannedTime)
        #expect(ticks == [10, 20, 30, 40].map { JobsHarness.start + .seconds($0) })
    }

    @Test("catch-up is fair: jobs with a backlog take turns")
    func fairness() throws {
        let store = MemoryStore()
        let (before, _) = try JobsHarness.recording(on: store)
        for name in ["a", "b", "c"] {
            _ = try before.schedule(name, #"{"schedule":"@every 1ms","repeats":50}"#)
        }
        before.crash()
        let after = try JobsHarness(store: store, at: JobsHarness.start + .seconds(60))
        let receiver = RecordingReceiver(after)
        receiver.slots = 1
        after.route("", to: receiver)
        after.begin()
        after.advance(milliseconds: 1000)
        #expect(receiver.names.count == 150)
        for start in stride(from: 0, to: 147, by: 3) {
            #expect(Set(receiver.names[start..<start + 3]) == ["a", "b", "c"], "turn \(start / 3)")
        }
    }

    @Test(
        "catch-up is fair: a job with 86 million missed ticks, or 86 million million, keeps nobody waiting for long",
        arguments: [1, 16],
        [("@every 1ms", .milliseconds(1)), ("@every 1ns", .nanoseconds(1))]
            as [(String, Duration)])
    func fairnessToOthers(slots: Int, schedule: (spec: String, interval: Duration)) throws {
        let store = MemoryStore()
        let (before, _) = try JobsHarness.recording(on: store)
        _ = try before.schedule("behind", #"{"schedule":"\#(schedule.spec)"}"#)
        before.crash()
        let now = JobsHarness.start + .seconds(86_400)
        let after = try JobsHarness(store: store, at: now)
        let receiver = RecordingReceiver(after)
        receiver.slots = slots
        // Left open in the end, or the backlog would run to its end at this very instant.
        receiver.answer = { [unowned receiver] _ in receiver.deliveries.count < 1000 ? .succeeded : nil }
        after.route("", to: receiver)
        for index in 0..<100 { _ = try after.schedule("now-\(index)", #"{"dueTime":"0s"}"#) }
        after.begin()
        after.advance(milliseconds: 1)
        let served = try #require(receiver.names.lastIndex { $0 != "behind" })
        #expect(Set(receiver.names[...served]).count == 101)
        // Of the first 200 triggers no two in a row were the backlog's while others waited.
        #expect(served < 200, "the last of 100 others was number \(served + 1)")
        #expect(receiver.names[...served].count { $0 == "behind" } <= 100)
        let ticks = receiver.deliveries.filter { $0.trigger.name == "behind" }.map(\.trigger.plannedTime)
        #expect(ticks == (1...ticks.count).map { JobsHarness.start + schedule.interval * $0 })
    }

    @Test("catch-up is fair beyond the window: jobs due now get their turn while six windows are behind")
    func fairnessBeyondTheWindow() throws {
        let store = MemoryStore()
        let (before, _) = try JobsHarness.recording(on: store)
        for index in 0..<200 { _ = try before.schedule("behind-\(index)", #"{"schedule":"@every 1s"}"#) }
        before.crash()
        var limits = JobLimits()
        limits.windowJobs = 32
        limits.refillJobs = 16
        limits.readyJobsPerRoute = 16
        let after = try JobsHarness(store: store, at: JobsHarness.start + .seconds(86_400), limits: limits)
        let receiver = RecordingReceiver(after)
        receiver.slots = 4
        receiver.answer = { _ in nil }
        after.route("", to: receiver)
        after.begin()
        for index in 0..<20 { _ = try after.schedule("now-\(index)", #"{"dueTime":"0s"}"#) }
        var finished = 0
        while receiver.names.count(where: { $0.hasPrefix("now-") }) < 20, finished < 2000 {
            let open = receiver.deliveries[finished...]
            finished = receiver.deliveries.count
            after.driver.onLoop { for delivery in open { receiver.finish(delivery, .succeeded) } }
            after.advance(milliseconds: 1)
        }
        #expect(receiver.names.count(where: { $0.hasPrefix("now-") }) == 20)
        // All of the 200 have had a turn before or beside them, and none has had many more.
        #expect(finished < 500, "\(finished) triggers were needed")
        let turns = Dictionary(grouping: receiver.names, by: \.self).mapValues(\.count)
        #expect(turns.count == 220)
        #expect(turns.values.max() ?? 0 <= 3, "\(turns)")
    }

    @Test("a step of the wall clock moves jobs and not time-outs: forward fires at once, back waits")
    func clockSteps() throws {
        let (harness, receiver) = try JobsHarness.recording()
        _ = try harness.schedule("soon", #"{"dueTime":"10s"}"#)
        harness.driver.stepWallClock(to: JobsHarness.start + .seconds(3600))
        #expect(receiver.names == ["soon"])
        _ = try harness.schedule("later", #"{"dueTime":"10s"}"#)
        harness.driver.stepWallClock(to: JobsHarness.start)
        harness.advance(milliseconds: 3_609_999)
        #expect(receiver.names == ["soon"])
        harness.advance(milliseconds: 1)
        #expect(receiver.names == ["soon", "later"])
    }

    @Test("an idle host sleeps: with a job due in a month the next wake-up is more than ten days away")
    func idle() throws {
        let (harness, _) = try JobsHarness.recording()
        _ = try harness.schedule("far", #"{"dueTime":"720h"}"#)
        harness.advance(milliseconds: 1000)
        let deadline = try #require(harness.driver.nextDeadline)
        let distance = deadline.milliseconds - harness.driver.virtualClock.monotonicNow.milliseconds
        #expect(distance > 10 * 86_400_000)
    }
}
