import JobsRuntime
import Reactor
import TestKit
import Testing

@Suite("Runs and results that a fault of the store meets: none is lost, none done twice")
struct InFlightTests {
    static let moments: [MemoryStore.Fault.Moment] = [.beforeWriting, .afterWriting]

    @Test(
        "a run under way during a fault is not begun a second time, and its job goes on", arguments: moments)
    func runDuringFault(moment: MemoryStore.Fault.Moment) throws {
        let garage = try Garage()
        garage.receiver.answer = { _ in nil }
        try garage.schedule("a", #"{"schedule":"@every 1s"}"#)
        garage.harness.advance(milliseconds: 1000)
        garage.fail(moment)
        _ = try garage.harness.schedule("b", #"{"dueTime":"1h"}"#)
        garage.fail(nil)
        garage.harness.advance(milliseconds: 10_000)
        #expect(garage.receiver.names == ["a"])
        garage.finish(0)
        garage.harness.advance(milliseconds: 1)
        garage.finish(1)
        garage.harness.advance(milliseconds: 1)
        #expect(
            garage.receiver.deliveries.map(\.trigger.plannedTime)
                == (1...3).map { JobsHarness.start + .seconds($0) })
    }

    @Test(
        "a result that a fault sent back is handed in again; one that had reached the disk changes nothing",
        arguments: moments, [TriggerOutcome.succeeded, .failed(reason: "x"), .snoozed(.seconds(1))])
    func resultSentBack(moment: MemoryStore.Fault.Moment, outcome: TriggerOutcome) throws {
        let garage = try Garage()
        garage.receiver.answer = { [receiver = garage.receiver] _ in
            receiver.deliveries.count == 1 ? outcome : .succeeded
        }
        try garage.schedule("a", #"{"schedule":"@every 1s","repeats":3}"#)
        garage.fail(moment)
        garage.harness.advance(milliseconds: 1100)
        #expect(garage.harness.jobs.fault != nil)
        garage.fail(nil)
        garage.harness.advance(milliseconds: 10_000)
        let isSpent = outcome == .succeeded
        #expect(garage.receiver.milliseconds == (isSpent ? [1000, 2000, 3000] : [1000, 2000, 2000, 3000]))
        #expect(Set(garage.receiver.deliveries.map(\.trigger.runID)).count == 3)
        #expect(garage.harness.store.count == garage.harness.emptyStoreKeys)
    }

    @Test("an overwrite of a running job that is not known, and was written, fires after the reopen")
    func overwriteNotKnown() throws {
        let garage = try Garage()
        garage.receiver.answer = { _ in nil }
        try garage.schedule("a", #"{"dueTime":"1s","data":1}"#)
        garage.harness.advance(milliseconds: 1000)
        garage.fail(.afterWriting)
        _ = try garage.harness.schedule("a", #"{"dueTime":"1s","data":2,"overwrite":true}"#)
        garage.fail(nil)
        garage.harness.advance(milliseconds: 60)
        garage.finish(0)
        garage.harness.advance(milliseconds: 2000)
        #expect(garage.receiver.deliveries.map(\.trigger.data) == [Array("1".utf8), Array("2".utf8)])
    }
}
