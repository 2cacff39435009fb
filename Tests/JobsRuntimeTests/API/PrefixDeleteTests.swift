import JobsRuntime
import MetricsTestKit
import Reactor
import TestKit
import Testing

@Suite("our own routes: delete by prefix")
struct PrefixDeleteTests {
    private static func api(batch: Int, store: MemoryStore = MemoryStore()) throws -> APIHarness {
        var limits = JobLimits()
        limits.prefixDeleteJobs = batch
        return try APIHarness(jobs: limits, store: store)
    }

    private static func delete(_ api: APIHarness, _ query: String) throws -> HTTPAnswer {
        try api.request("DELETE", "/mainspring/v1/jobs?\(query)")
    }

    @Test("it deletes what begins so and nothing else, and says how many", arguments: [1, 2, 3, 1000])
    func deletes(batch: Int) throws {
        let api = try Self.api(batch: batch)
        for name in ["a", "aa", "ab", "b", "a%20c"] { try api.post(name) }
        let answer = try Self.delete(api, "prefix=a")
        #expect(answer.status == 200 && answer.body == #"{"deleted":4}"#)
        #expect(try api.pages("") == [["b"]])
        #expect(try Self.delete(api, "prefix=a").body == #"{"deleted":0}"#)
        #expect(try Self.delete(api, "prefix=&all=true").body == #"{"deleted":1}"#)
        #expect(api.jobs.store.count == api.jobs.emptyStoreKeys)
    }

    @Test("deleted jobs leave the window and never fire; a run that is under way is not disturbed")
    func underWay() throws {
        let api = try Self.api(batch: 2)
        api.receiver.answer = { $0.name == "r-run" ? nil : .succeeded }
        try api.post("r-run", #"{"schedule":"@every 1s"}"#)
        for number in 0..<5 { try api.post("r-\(number)", #"{"dueTime":"2s"}"#) }
        try api.post("other", #"{"dueTime":"2s"}"#)
        api.jobs.advance(milliseconds: 1000)
        #expect(api.receiver.names == ["r-run"] && api.jobs.windowCount == 6)
        #expect(try Self.delete(api, "prefix=r").body == #"{"deleted":6}"#)
        #expect(api.jobs.windowCount == 1)
        api.jobs.driver.onLoop { api.receiver.finish(api.receiver.deliveries[0], .succeeded) }
        api.jobs.advance(milliseconds: 60_000)
        #expect(api.receiver.names == ["r-run", "other"])
        #expect(api.jobs.store.count == api.jobs.emptyStoreKeys)
    }

    @Test("a job that was replaced meanwhile is deleted as well, one that is new behind it is not lost")
    func racing() throws {
        let api = try Self.api(batch: 10)
        try api.post("a")
        api.jobs.driver.setWorker("store-writer", isPaused: true)
        let transport = api.connect(
            sending: "DELETE /mainspring/v1/jobs?prefix=a HTTP/1.1\r\nHost: 127.0.0.1:3500\r\n\r\n")
        var later: AppJobs.ScheduleResult?
        try api.jobs.schedule("a", #"{"dueTime":"5s"}"#) { later = $0 }
        #expect(transport.sent.isEmpty)
        api.jobs.driver.setWorker("store-writer", isPaused: false)
        #expect(transport.sentText.hasSuffix(#"{"deleted":1}"#))
        guard case .scheduled = later else {
            Issue.record("what came after the delete was answered \(String(describing: later))")
            return
        }
        api.jobs.advance(milliseconds: 5000)
        #expect(api.receiver.names == ["a"])
    }

    /// Asks for a delete and lets it come as far as one batch: its names are read with the writer standing still, deleted with
    /// the reader standing still.
    private static func deleteOneBatch(_ api: APIHarness) -> FakeTransport {
        api.jobs.driver.setWorker("store-writer", isPaused: true)
        let transport = api.connect(
            sending: "DELETE /mainspring/v1/jobs?prefix=a HTTP/1.1\r\nHost: 127.0.0.1:3500\r\n\r\n")
        api.jobs.driver.setWorker("store-reader", isPaused: true)
        api.jobs.driver.setWorker("store-writer", isPaused: false)
        return transport
    }

    @Test("a crash half way leaves every job whole or gone, and the next host fires those that are left")
    func crash() throws {
        let store = MemoryStore()
        let api = try Self.api(batch: 3, store: store)
        for number in 0..<10 { try api.post("a\(number)", #"{"dueTime":"5s"}"#) }
        let transport = Self.deleteOneBatch(api)
        api.jobs.crash()
        #expect(transport.sent.isEmpty)
        let (next, receiver) = try JobsHarness.recording(on: store)
        #expect(store.count == next.emptyStoreKeys + 7 * 2)
        next.advance(milliseconds: 5100)
        #expect(receiver.names == (3..<10).map { "a\($0)" })
        #expect(store.count == next.emptyStoreKeys)
    }

    @Test(
        "a store that fails half way is 503, which says how many are deleted; each job is whole or gone",
        arguments: [MemoryStore.Fault.Moment.beforeWriting, .afterWriting])
    func fault(moment: MemoryStore.Fault.Moment) throws {
        let store = MemoryStore()
        let api = try Self.api(batch: 3, store: store)
        for number in 0..<10 { try api.post("a\(number)", #"{"dueTime":"5s"}"#) }
        let transport = Self.deleteOneBatch(api)
        store.fault = MemoryStore.Fault(StoreError(code: .full, message: "the disk is full"), moment)
        api.jobs.driver.setWorker("store-reader", isPaused: false)
        #expect(statuses(transport.sent) == [503])
        #expect(transport.sentText.contains("the store failed when 3 jobs were deleted"))
        #expect(transport.sentText.contains("the disk is full"))
        store.fault = nil
        api.jobs.advance(milliseconds: 4000)
        let left = moment == .beforeWriting ? 7 : 4
        #expect(store.count == api.jobs.emptyStoreKeys + left * 2)
        api.jobs.advance(milliseconds: 5000)
        #expect(api.receiver.deliveries.count == left)
    }

    @Test("past the limit of what may wait for the store it is 503, and deletes nothing")
    func busy() throws {
        var limits = JobLimits()
        limits.maximumQueuedCommands = 1
        let api = try APIHarness(jobs: limits)
        try api.post("a")
        api.jobs.driver.setWorker("store-writer", isPaused: true)
        try api.jobs.schedule("b", #"{"dueTime":"1h"}"#) { _ in }
        let answer = try Self.delete(api, "prefix=a")
        #expect(answer.status == 503 && answer.body.contains("MAINSPRING_BUSY"))
        #expect(answer.body.contains("0 jobs are deleted"))
        api.jobs.driver.setWorker("store-writer", isPaused: false)
        #expect(api.jobs.exists("a") == true)
    }

    @Test("it is counted once as an operation, and not as a delete for each job")
    func metric() throws {
        let metrics = TestMetrics()
        let harness = try JobsHarness(metrics: metrics)
        harness.begin()
        for name in ["a", "ab"] { _ = try harness.schedule(name, #"{"dueTime":"1h"}"#) }
        var result: AppJobs.PrefixDeleteResult?
        harness.driver.onLoop { harness.jobs.delete(prefix: Array("a".utf8)) { result = $0 } }
        guard case .deleted(2) = result else {
            Issue.record("\(String(describing: result))")
            return
        }
        #expect(
            metrics.counterTotal(label: "dapr_scheduler_jobs_bulk_deleted_total", dimensions: []) == 1)
        #expect(
            metrics.counterTotal(
                label: "dapr_scheduler_jobs_deleted_total", dimensions: [("type", "job")]) == 0)
    }
}
