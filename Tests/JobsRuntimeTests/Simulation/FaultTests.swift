import JobsRuntime
import Reactor
import TestKit
import Testing

@Suite("Faults of the store: what is answered, what is kept, and when it ends")
struct FaultTests {
    static let moments: [MemoryStore.Fault.Moment] = [.beforeWriting, .afterWriting]

    @Test("commands at the disk are not known, later ones not stored, and reads fail until the store answers")
    func answers() throws {
        let garage = try Garage()
        try garage.schedule("old", #"{"dueTime":"1h"}"#)
        garage.fail(.beforeWriting)
        guard case .notKnown = try garage.harness.schedule("a", #"{"dueTime":"1s"}"#) else {
            Issue.record("a command at the disk was answered otherwise")
            return
        }
        guard case .notStored = try garage.harness.schedule("b", #"{"dueTime":"1s"}"#),
            case .notStored = garage.harness.delete("old")
        else {
            Issue.record("a later command was answered otherwise")
            return
        }
        #expect(garage.harness.exists("old") == nil)
        #expect(garage.harness.jobs.notReady == ["store"])
        garage.fail(nil)
        garage.harness.advance(milliseconds: 50)
        #expect(garage.harness.jobs.notReady.isEmpty)
        #expect(garage.harness.exists("old") == true)
        #expect(garage.harness.exists("a") == false)
    }

    @Test(
        "the group that failed is there after the reopen, or is not; what is there fires", arguments: moments)
    func notKnown(moment: MemoryStore.Fault.Moment) throws {
        let garage = try Garage()
        garage.fail(moment)
        _ = try garage.harness.schedule("a", #"{"dueTime":"1s"}"#)
        garage.fail(nil)
        garage.harness.advance(milliseconds: 2000)
        #expect(garage.receiver.milliseconds == (moment == .afterWriting ? [1000] : []))
    }

    @Test(
        "the store is opened again after 50 ms, 100, 200 and so on up to the limit, and after a commit from the start"
    )
    func backOff() throws {
        var limits = JobLimits()
        limits.maximumReopenDelayMilliseconds = 400
        let garage = try Garage(limits: limits)
        func expectReopen(after waits: [UInt64]) throws {
            garage.fail(.beforeWriting)
            _ = try garage.harness.schedule("a", #"{"dueTime":"1h"}"#)
            for wait in waits.dropLast() { garage.harness.advance(milliseconds: wait) }
            garage.fail(nil)
            garage.harness.advance(milliseconds: (waits.last ?? 1) - 1)
            #expect(garage.harness.jobs.fault != nil)
            garage.harness.advance(milliseconds: 1)
            #expect(garage.harness.jobs.fault == nil)
        }
        try expectReopen(after: [50, 100, 200, 400, 400])
        try expectReopen(after: [400])
        try garage.schedule("b", #"{"dueTime":"1h"}"#)
        try expectReopen(after: [50, 100])
    }

    @Test(
        "generations whose reservation was lost with a failed group are reserved again: no run id comes twice"
    )
    func reservationLost() throws {
        let garage = try Garage()
        garage.fail(.beforeWriting)
        _ = try garage.harness.schedule("lost", #"{"dueTime":"1s"}"#)
        garage.fail(nil)
        garage.harness.advance(milliseconds: 50)
        try garage.schedule("a", #"{"dueTime":"0s"}"#)
        garage.harness.advance(milliseconds: 20)
        let after = try garage.restarted()
        for name in ["b", "c"] { try after.schedule(name, #"{"dueTime":"0s"}"#) }
        after.harness.advance(milliseconds: 20)
        let ids = (garage.receiver.deliveries + after.receiver.deliveries).map(\.trigger.runID)
        #expect(ids.count == 3)
        #expect(Set(ids).count == 3)
    }

    @Test(
        "a mark whose lowering was lost with a failed group is lowered again: no job is skipped at the next start"
    )
    func lowMarkLost() throws {
        var limits = JobLimits()
        limits.keysRemovedPerMark = 1
        limits.windowSeconds = 10
        let garage = try Garage(limits: limits)
        try garage.schedule("far", #"{"dueTime":"1h"}"#)
        try garage.schedule("spent", #"{"dueTime":"1s"}"#)
        garage.harness.advance(milliseconds: 3_598_000)
        garage.fail(.beforeWriting)
        _ = try garage.harness.schedule("lost", #"{"dueTime":"2020-01-01T00:00:00Z"}"#)
        garage.fail(nil)
        garage.harness.advance(milliseconds: 50)
        garage.receiver.isAccepting = false
        try garage.schedule("early", #"{"dueTime":"2021-01-01T00:00:00Z"}"#)
        let after = try garage.restarted()
        after.harness.advance(milliseconds: 100)
        #expect(after.receiver.names == ["early"])
    }

    @Test(
        "past the limit of unsettled results nothing is dispatched, and it goes on when the store has caught up"
    )
    func maximumUnsettledResults() throws {
        var limits = JobLimits()
        limits.maximumUnsettledResults = 2
        let garage = try Garage(limits: limits)
        for index in 0..<10 { try garage.schedule("job-\(index)", #"{"dueTime":"1s"}"#) }
        garage.harness.driver.setWorker("store-writer", isPaused: true)
        garage.harness.advance(milliseconds: 5000)
        #expect(garage.receiver.deliveries.count == 2)
        garage.harness.driver.setWorker("store-writer", isPaused: false)
        garage.harness.advance(milliseconds: 100)
        #expect(Set(garage.receiver.names).count == 10)
        #expect(garage.receiver.deliveries.count == 10)
    }

    @Test("results ride with the next command, or go within 10 ms; one whose job is due again goes at once")
    func results() throws {
        let garage = try Garage()
        try garage.schedule("a", #"{"dueTime":"1s"}"#)
        try garage.schedule("b", #"{"dueTime":"1s"}"#)
        garage.harness.advance(milliseconds: 1000)
        #expect(garage.harness.exists("a") == true)
        garage.harness.advance(milliseconds: 9)
        #expect(garage.harness.exists("a") == true)
        garage.harness.advance(milliseconds: 1)
        #expect(garage.harness.exists("a") == false)
        try garage.schedule("c", #"{"dueTime":"1s"}"#)
        garage.harness.advance(milliseconds: 1000)
        try garage.schedule("rider", #"{"dueTime":"1h"}"#)
        #expect(garage.harness.exists("c") == false)
        try garage.schedule("d", #"{"schedule":"@every 1ms","dueTime":"-1s","repeats":1000}"#)
        #expect(garage.receiver.names.count { $0 == "d" } == 1000)
    }
}
