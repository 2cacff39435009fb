import JobsRuntime
import Reactor
import TestKit
import Testing

@Suite("Commands: schedule, overwrite and delete, and what they do to a job that is under way")
struct CommandTests {
    @Test("of two creators of one name one is told that it exists, also within one commit")
    func racingCreators() throws {
        let (harness, receiver) = try JobsHarness.recording()
        harness.driver.setWorker("store-writer", isPaused: true)
        #expect(try harness.schedule("a", #"{"dueTime":"1s","data":1}"#) == nil)
        var second: AppJobs.ScheduleResult?
        try harness.schedule("a", #"{"dueTime":"1s","data":2}"#) { second = $0 }
        harness.driver.setWorker("store-writer", isPaused: false)
        guard case .exists = second else {
            Issue.record("the second creator was answered \(String(describing: second))")
            return
        }
        harness.advance(milliseconds: 2000)
        #expect(receiver.deliveries.map(\.trigger.data) == [Array("1".utf8)])
    }

    @Test("a name that exists is refused without overwrite, and the old job stays as it was")
    func refusedOverwrite() throws {
        let (harness, receiver) = try JobsHarness.recording()
        _ = try harness.schedule("a", #"{"dueTime":"1s","data":1}"#)
        guard case .exists = try harness.schedule("a", #"{"dueTime":"5s","data":2}"#) else {
            Issue.record("an existing name was taken")
            return
        }
        harness.advance(milliseconds: 10_000)
        #expect(receiver.milliseconds == [1000])
    }

    @Test(
        "an overwrite that is refused leaves the old job as it was",
        arguments: [
            #"{"schedule":"* * * * *","overwrite":true}"#, #"{"dueTime":"soon","overwrite":true}"#,
            #"{"schedule":"@every 1s","ttl":"-1s","overwrite":true}"#,
            #"{"dueTime":"1s","overwrite":true,"failurePolicy":{"constant":{"interval":"200ms"}}}"#,
        ])
    func refusedByTheGrammar(body: String) throws {
        let (harness, receiver) = try JobsHarness.recording()
        _ = try harness.schedule("a", #"{"dueTime":"1s","data":1}"#)
        #expect(throws: APIError.self) { try harness.schedule("a", body) }
        harness.advance(milliseconds: 10_000)
        #expect(receiver.milliseconds == [1000])
        #expect(receiver.deliveries.map(\.trigger.data) == [Array("1".utf8)])
    }

    @Test("an overwrite replaces everything: time, data, counts")
    func overwrite() throws {
        let (harness, receiver) = try JobsHarness.recording()
        _ = try harness.schedule("a", #"{"schedule":"@every 1s","repeats":3,"data":1}"#)
        harness.advance(milliseconds: 2500)
        _ = try harness.schedule("a", #"{"schedule":"@every 1s","repeats":3,"data":2,"overwrite":true}"#)
        harness.advance(milliseconds: 20_000)
        #expect(receiver.milliseconds == [1000, 2000, 3500, 4500, 5500])
        #expect(Set(receiver.deliveries.map(\.trigger.runID)).count == 5)
        #expect(harness.store.count == harness.emptyStoreKeys)
    }

    @Test("an overwrite of a free name creates")
    func overwriteCreates() throws {
        let (harness, receiver) = try JobsHarness.recording()
        guard case .scheduled = try harness.schedule("a", #"{"dueTime":"1s","overwrite":true}"#) else {
            Issue.record("a free name was refused")
            return
        }
        harness.advance(milliseconds: 1000)
        #expect(receiver.names == ["a"])
    }

    @Test("an overwrite in mid-trigger: the old result is discarded, the new version fires (contract 4.7)")
    func overwriteMidTrigger() throws {
        let (harness, receiver) = try JobsHarness.recording()
        receiver.answer = { _ in nil }
        _ = try harness.schedule("a", #"{"dueTime":"1s","data":1}"#)
        harness.advance(milliseconds: 1000)
        _ = try harness.schedule("a", #"{"dueTime":"5s","data":2,"overwrite":true}"#)
        harness.driver.onLoop { receiver.finish(receiver.deliveries[0], .failed(reason: "old")) }
        harness.advance(milliseconds: 4000)
        #expect(receiver.milliseconds == [1000])
        #expect(harness.exists("a") == true)
        harness.advance(milliseconds: 1000)
        #expect(receiver.deliveries.map(\.trigger.data) == [Array("1".utf8), Array("2".utf8)])
        #expect(receiver.deliveries.last?.trigger.attempt == 1)
    }

    @Test("an overwrite in mid-trigger: the new version runs beside the old, whose result changes nothing")
    func overwriteRunsBeside() throws {
        let (harness, receiver) = try JobsHarness.recording()
        receiver.answer = { _ in nil }
        _ = try harness.schedule("a", #"{"dueTime":"1s","data":1}"#)
        harness.advance(milliseconds: 1000)
        _ = try harness.schedule(
            "a", #"{"schedule":"@every 1s","dueTime":"0s","data":2,"repeats":2,"overwrite":true}"#)
        harness.advance(milliseconds: 10)
        #expect(receiver.deliveries.map(\.trigger.data) == [Array("1".utf8), Array("2".utf8)])
        harness.driver.onLoop { receiver.finish(receiver.deliveries[0], .succeeded) }
        harness.advance(milliseconds: 5000)
        #expect(receiver.deliveries.count == 2)
        receiver.answer = { _ in .succeeded }
        harness.driver.onLoop { receiver.finish(receiver.deliveries[1], .succeeded) }
        harness.advance(milliseconds: 100)
        #expect(receiver.deliveries.count == 3)
        #expect(harness.store.count == harness.emptyStoreKeys)
    }

    @Test("a delete in mid-trigger: the run is not disturbed and its result is discarded")
    func deleteMidTrigger() throws {
        let (harness, receiver) = try JobsHarness.recording()
        receiver.answer = { _ in nil }
        _ = try harness.schedule("a", #"{"schedule":"@every 1s"}"#)
        harness.advance(milliseconds: 1000)
        _ = harness.delete("a")
        harness.driver.onLoop { receiver.finish(receiver.deliveries[0], .succeeded) }
        harness.advance(milliseconds: 10_000)
        #expect(receiver.deliveries.count == 1)
        #expect(harness.store.count == harness.emptyStoreKeys)
    }

    @Test("a deleted job never fires and leaves no key, wherever its next attempt stood")
    func delete() throws {
        let (harness, receiver) = try JobsHarness.recording()
        receiver.answer = { _ in .failed(reason: "x") }
        _ = try harness.schedule("retrying", #"{"dueTime":"1s"}"#)
        _ = try harness.schedule("far", #"{"dueTime":"1000h"}"#)
        _ = try harness.schedule("soon", #"{"dueTime":"10s"}"#)
        harness.advance(milliseconds: 1500)
        for name in ["retrying", "far", "soon", "never-was"] {
            guard case .deleted = harness.delete(name) else {
                Issue.record("\(name) was not deleted")
                return
            }
        }
        harness.advance(milliseconds: 100_000)
        #expect(receiver.deliveries.count == 1)
        #expect(harness.store.count == harness.emptyStoreKeys)
    }

    @Test("a job whose delete is at the disk does not fire meanwhile, and does if the delete fails")
    func suspended() throws {
        let (harness, receiver) = try JobsHarness.recording()
        _ = try harness.schedule("a", #"{"dueTime":"1s"}"#)
        harness.driver.setWorker("store-writer", isPaused: true)
        #expect(harness.delete("a") == nil)
        harness.advance(milliseconds: 2000)
        #expect(receiver.deliveries.isEmpty)
        harness.store.fault = .init(StoreError(code: .full, message: "the disk is full"), .beforeWriting)
        harness.driver.setWorker("store-writer", isPaused: false)
        harness.advance(milliseconds: 1)
        #expect(receiver.names == ["a"])
    }

    @Test("past the limit of queued commands a client is told to come back, and nothing is stored")
    func busy() throws {
        var limits = JobLimits()
        limits.maximumQueuedCommands = 3
        let harness = try JobsHarness(limits: limits)
        harness.begin()
        harness.driver.setWorker("store-writer", isPaused: true)
        for index in 0..<3 { #expect(try harness.schedule("job-\(index)", #"{"dueTime":"1s"}"#) == nil) }
        guard case .busy = try harness.schedule("job-3", #"{"dueTime":"1s"}"#) else {
            Issue.record("a fourth command was taken")
            return
        }
        harness.driver.setWorker("store-writer", isPaused: false)
        #expect(harness.exists("job-2") == true)
        #expect(harness.exists("job-3") == false)
    }

    @Test("overwrites count against the limit of bytes too")
    func busyWithOverwrites() throws {
        var limits = JobLimits()
        limits.maximumQueuedBytes = 4096
        let harness = try JobsHarness(limits: limits)
        harness.begin()
        harness.driver.setWorker("store-writer", isPaused: true)
        let data = String(repeating: "x", count: 5000)
        #expect(try harness.schedule("a", #"{"dueTime":"1s","overwrite":true,"data":"\#(data)"}"#) == nil)
        guard case .busy = try harness.schedule("b", #"{"dueTime":"1s","overwrite":true}"#) else {
            Issue.record("a second overwrite was taken")
            return
        }
        harness.driver.setWorker("store-writer", isPaused: false)
        #expect(harness.exists("a") == true)
    }
}
