import JobsRuntime
import Reactor
import TestKit
import Testing

@Suite("Extremes: numbers as large as the API takes them, on a virtual clock")
struct ExtremeTests {
    private static let largest = UInt32.max

    @Test("repeats and maxRetries up to the largest number are taken, and the job goes on after a crash")
    func largestCounts() throws {
        let store = MemoryStore()
        let (before, failing) = try JobsHarness.recording(on: store)
        failing.answer = { _ in .failed(reason: "x") }
        let policy = #"{"constant":{"interval":"1s","maxRetries":\#(Self.largest)}}"#
        _ = try before.schedule(
            "a", #"{"schedule":"@every 1h","repeats":\#(Self.largest),"failurePolicy":\#(policy)}"#)
        before.advance(milliseconds: 3_602_500)
        #expect(failing.milliseconds == [3_600_000, 3_601_000, 3_602_000])
        #expect(failing.deliveries.allSatisfy { !$0.trigger.isLastAttempt })
        before.crash()
        let (after, receiver) = try JobsHarness.recording(on: store, at: before.now)
        after.advance(milliseconds: 4_000_000)
        #expect(receiver.milliseconds == [3_603_000, 7_200_000])
        #expect(receiver.deliveries.map(\.trigger.attempt) == [4, 1])
    }

    @Test(
        "an interval of 10,000 years is waited for, over a crash too, and the job can be shown and removed",
        arguments: [UInt32.max, 1])
    func longestInterval(retries: UInt32) throws {
        let store = MemoryStore()
        let (before, failing) = try JobsHarness.recording(on: store)
        failing.answer = { _ in .failed(reason: "x") }
        let policy = #"{"constant":{"interval":"315576000000s","maxRetries":\#(retries)}}"#
        for name in ["a", "b"] {
            _ = try before.schedule(name, #"{"dueTime":"1s","failurePolicy":\#(policy)}"#)
        }
        before.advance(milliseconds: 10_000)
        #expect(failing.deliveries.count == 2)
        before.crash()
        let (after, receiver) = try JobsHarness.recording(on: store, at: before.now)
        after.advance(milliseconds: 366 * 86_400_000)
        #expect(receiver.deliveries.isEmpty)
        #expect(after.exists("a") == true)
        guard case .deleted = after.delete("a") else {
            Issue.record("a job that waits for 10,000 years cannot be deleted")
            return
        }
        _ = try after.schedule("b", #"{"dueTime":"1s","overwrite":true}"#)
        after.advance(milliseconds: 10_000)
        #expect(receiver.names == ["b"])
        #expect(store.count == after.emptyStoreKeys)
    }

    @Test(
        "retries of the last tick there can be go on past the year 9999, and a schedule ends with that year")
    func endOfTime() throws {
        let evening = Schedule.endOfTime + .seconds(-3)
        let (harness, receiver) = try JobsHarness.recording(at: evening)
        receiver.answer = { _ in .failed(reason: "x") }
        _ = try harness.schedule("once", #"{"dueTime":"9999-12-31T23:59:59Z"}"#)
        _ = try harness.schedule("every", #"{"schedule":"@every 2s"}"#)
        _ = try harness.schedule("cron", #"{"schedule":"0/2 * * * * *"}"#)
        harness.advance(milliseconds: 60_000)
        for (name, attempts) in [("once", 4), ("every", 4), ("cron", 4)] {
            let triggers = receiver.deliveries.map(\.trigger).filter { $0.name == name }
            #expect(triggers.map(\.attempt) == Array(1...attempts), "\(name)")
            #expect(triggers.allSatisfy { $0.plannedTime <= Schedule.endOfTime }, "\(name)")
            #expect(harness.exists(name) == false)
        }
        #expect(harness.store.count == harness.emptyStoreKeys)
    }

    @Test(
        "a ttl far beyond the year 9999 is kept over a crash, and is no limit",
        arguments: ["P9223372036854775807D", "2562047h47m16.854775807s", "9999-12-31T23:59:59.999999999Z"])
    func farthestTTL(ttl: String) throws {
        let store = MemoryStore()
        let (before, _) = try JobsHarness.recording(on: store)
        _ = try before.schedule("a", #"{"schedule":"@every 1h","ttl":"\#(ttl)"}"#)
        before.crash()
        let (after, receiver) = try JobsHarness.recording(on: store)
        after.advance(milliseconds: 3 * 3_600_000)
        #expect(receiver.milliseconds == [3_600_000, 7_200_000, 10_800_000])
    }

    @Test("a schedule by the nanosecond keeps one key, one timer and one run, however far it is behind")
    func nanoseconds() throws {
        let (harness, receiver) = try JobsHarness.recording()
        receiver.answer = { [unowned receiver] _ in receiver.deliveries.count < 20_000 ? .succeeded : nil }
        _ = try harness.schedule("a", #"{"schedule":"@every 1ns","dueTime":"0001-01-01T00:00:00Z"}"#)
        harness.advance(milliseconds: 1)
        #expect(receiver.deliveries.count == 20_000)
        let planned = receiver.deliveries.last.map { $0.trigger.plannedTime - Schedule.startOfTime }
        #expect(planned == .nanoseconds(19_999))
        #expect(harness.windowCount == 0)
        // The record, where it stands, and one place in the due order.
        #expect(harness.store.count == harness.emptyStoreKeys + 3)
        _ = harness.delete("a")
        harness.driver.onLoop { receiver.finish(receiver.deliveries[19_999], .succeeded) }
        harness.advance(milliseconds: 1000)
        #expect(receiver.deliveries.count == 20_000)
        #expect(harness.store.count == harness.emptyStoreKeys)
    }

    @Test("a job that fires while the store fails runs once, and its next tick comes when the store is back")
    func storeFails() throws {
        let garage = try Garage()
        try garage.schedule("a", #"{"schedule":"@every 1s","repeats":3}"#)
        garage.fail(.beforeWriting)
        garage.harness.advance(milliseconds: 2500)
        #expect(garage.receiver.milliseconds == [1000])
        garage.fail(nil)
        garage.harness.advance(milliseconds: 10_000)
        let planned = garage.receiver.deliveries.map { $0.trigger.plannedTime - JobsHarness.start }
        #expect(planned == [.seconds(1), .seconds(2), .seconds(3)])
        #expect(garage.harness.exists("a") == false)
    }
}
