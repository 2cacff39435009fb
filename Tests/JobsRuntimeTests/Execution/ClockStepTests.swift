import JobsRuntime
import Reactor
import TestKit
import Testing

@Suite("Steps of the wall clock, with jobs of every kind pending")
struct ClockStepTests {
    private static func after(_ hours: Double) -> WallTime {
        JobsHarness.start + .seconds(Int64(hours * 3600))
    }

    private static func hours(_ receiver: RecordingReceiver) -> [Int64] {
        receiver.deliveries.map { ($0.trigger.plannedTime - JobsHarness.start).components.seconds / 3600 }
    }

    @Test(
        "forward over ticks fires each of them, in order; back repeats none",
        arguments: ["0 0 * * * *", "TZ=America/New_York @hourly", "@every 1h"])
    func recurring(schedule: String) throws {
        let (harness, receiver) = try JobsHarness.recording()
        _ = try harness.schedule("a", #"{"schedule":"\#(schedule)"}"#)
        harness.driver.stepWallClock(to: Self.after(3.5))
        harness.advance(milliseconds: 100)
        #expect(Self.hours(receiver) == [1, 2, 3])
        // What was planned stays planned: hours that come twice bring no tick a second time.
        harness.driver.stepWallClock(to: JobsHarness.start)
        harness.advance(milliseconds: 4 * 3_600_000 - 1)
        #expect(Self.hours(receiver) == [1, 2, 3])
        harness.advance(milliseconds: 1)
        #expect(Self.hours(receiver) == [1, 2, 3, 4])
        #expect(receiver.deliveries.last?.time == Self.after(4))
    }

    @Test(
        "forward past the window fires what only the store had; back leaves room for new and old jobs")
    func beyondTheWindow() throws {
        let (harness, receiver) = try JobsHarness.recording()
        _ = try harness.schedule("far", #"{"dueTime":"10h"}"#)
        _ = try harness.schedule("farther", #"{"dueTime":"20h"}"#)
        harness.driver.stepWallClock(to: Self.after(11))
        harness.advance(milliseconds: 100)
        #expect(receiver.names == ["far"])
        harness.driver.stepWallClock(to: Self.after(-24))
        _ = try harness.schedule("soon", #"{"dueTime":"10s"}"#)
        _ = try harness.schedule("later", #"{"dueTime":"2h"}"#)
        harness.advance(milliseconds: 10_000)
        #expect(receiver.names == ["far", "soon"])
        harness.advance(milliseconds: 2 * 3_600_000)
        #expect(receiver.names == ["far", "soon", "later"])
        harness.advance(milliseconds: 42 * 3_600_000)
        #expect(receiver.names == ["far", "soon", "later", "farther"])
        #expect(receiver.deliveries.last?.time == Self.after(20))
        #expect(harness.store.count <= harness.emptyStoreKeys + 1)
    }

    @Test("what a handler calls undeliverable is tried again a second later, wherever the wall clock goes")
    func held() throws {
        let (harness, receiver) = try JobsHarness.recording()
        receiver.answer = { [unowned receiver] _ in
            receiver.deliveries.count < 3 ? .undeliverable : .succeeded
        }
        _ = try harness.schedule("a", #"{"dueTime":"0s"}"#)
        #expect(receiver.deliveries.count == 1)
        harness.driver.stepWallClock(to: Self.after(-24))
        harness.advance(milliseconds: 1000)
        #expect(receiver.deliveries.count == 2)
        harness.driver.stepWallClock(to: Self.after(24))
        harness.advance(milliseconds: 999)
        #expect(receiver.deliveries.count == 2)
        harness.advance(milliseconds: 1)
        #expect(receiver.deliveries.map(\.trigger.attempt) == [1, 1, 1])
        harness.advance(milliseconds: 100)
        #expect(harness.store.count == harness.emptyStoreKeys)
    }

    @Test("a retry keeps its time on the wall clock: a step forward brings it, one back puts it off")
    func retries() throws {
        let (harness, receiver) = try JobsHarness.recording()
        receiver.answer = { _ in .failed(reason: "x") }
        _ = try harness.schedule(
            "a", #"{"dueTime":"1s","failurePolicy":{"constant":{"interval":"60s","maxRetries":2}}}"#)
        harness.advance(milliseconds: 2000)
        harness.driver.stepWallClock(to: JobsHarness.start + .seconds(100))
        #expect(receiver.deliveries.map(\.trigger.attempt) == [1, 2])
        harness.driver.stepWallClock(to: JobsHarness.start)
        harness.advance(milliseconds: 120_999)
        #expect(receiver.deliveries.count == 2)
        harness.advance(milliseconds: 1)
        #expect(receiver.deliveries.map(\.trigger.attempt) == [1, 2, 3])
    }
}
