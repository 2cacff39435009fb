import JobsRuntime
import Reactor
import TestKit
import Testing

@Suite("Windows: a lane in little memory loses nothing and keeps nobody waiting")
struct WindowTests {
    private func limits(window: Int, refill: Int = 4, ready: Int = 64) -> JobLimits {
        var limits = JobLimits()
        limits.windowJobs = window
        limits.refillJobs = refill
        limits.readyJobsPerRoute = ready
        return limits
    }

    @Test("thousands of jobs of one millisecond are read in parts, and each fires once")
    func oneMillisecond() throws {
        let garage = try Garage(limits: limits(window: 64, refill: 32))
        for index in 0..<3000 { try garage.schedule("job-\(index)", #"{"dueTime":"10s"}"#) }
        #expect(garage.harness.windowCount <= 64)
        garage.harness.advance(milliseconds: 9999)
        #expect(garage.receiver.deliveries.isEmpty)
        garage.harness.advance(milliseconds: 1)
        #expect(garage.receiver.deliveries.count == 3000)
        #expect(Set(garage.receiver.names).count == 3000)
        garage.harness.advance(milliseconds: 100)
        #expect(garage.harness.store.count == garage.harness.emptyStoreKeys)
    }

    @Test("jobs that a full window drops while a read is under way are read later")
    func dropDuringRead() throws {
        let garage = try Garage(limits: limits(window: 8))
        for index in 0..<4 { try garage.schedule("early-\(index)", #"{"dueTime":"1s"}"#) }
        for index in 0..<2 { try garage.schedule("dropped-\(index)", #"{"dueTime":"15s"}"#) }
        for index in 0..<3 { try garage.schedule("late-\(index)", #"{"dueTime":"20s"}"#) }
        garage.harness.driver.setWorker("store-reader", isPaused: true)
        garage.harness.advance(milliseconds: 1000)
        for index in 0..<10 { try garage.schedule("next-\(index)", #"{"dueTime":"5s"}"#) }
        garage.harness.driver.setWorker("store-reader", isPaused: false)
        garage.harness.advance(milliseconds: 60_000)
        #expect(Set(garage.receiver.names).count == 19)
        #expect(garage.receiver.deliveries.count == 19)
    }

    @Test("when deletes empty the window it is filled again")
    func deletesMakeRoom() throws {
        let garage = try Garage(limits: limits(window: 4))
        for index in 0..<9 { try garage.schedule("job-\(index)", #"{"dueTime":"4\#(index)s"}"#) }
        garage.harness.advance(milliseconds: 30_000)
        for index in 0..<5 { garage.delete("job-\(index)") }
        garage.harness.advance(milliseconds: 60_000)
        #expect(garage.receiver.names == (5..<9).map { "job-\($0)" })
    }

    @Test("what a receiver passed comes back at once, though later jobs fill the window")
    func recallIntoFullWindow() throws {
        let garage = try Garage(limits: limits(window: 8))
        garage.harness.driver.onLoop { garage.receiver.isAccepting = false }
        for index in 0..<5 { try garage.schedule("early-\(index)", #"{"dueTime":"1s"}"#) }
        garage.harness.advance(milliseconds: 1000)
        for index in 0..<8 { try garage.schedule("late-\(index)", #"{"dueTime":"40s"}"#) }
        garage.harness.driver.onLoop { garage.receiver.isAccepting = true }
        garage.harness.advance(milliseconds: 10)
        #expect(garage.receiver.names.count == 5)
        garage.harness.advance(milliseconds: 60_000)
        #expect(Set(garage.receiver.names).count == 13)
        #expect(garage.receiver.deliveries.count == 13)
    }

    @Test("more commits during a read than the log holds: the read begins again")
    func logOverflow() throws {
        var limits = limits(window: 8)
        limits.maximumRefillLog = 3
        let garage = try Garage(limits: limits)
        for index in 0..<20 { try garage.schedule("job-\(index)", #"{"dueTime":"1\#(index % 10)s"}"#) }
        garage.harness.driver.setWorker("store-reader", isPaused: true)
        for index in 0..<8 { garage.delete("job-\(index)") }
        for index in 20..<30 { try garage.schedule("job-\(index)", #"{"dueTime":"15s"}"#) }
        garage.harness.driver.setWorker("store-reader", isPaused: false)
        garage.harness.advance(milliseconds: 60_000)
        #expect(Set(garage.receiver.names).count == 22)
        #expect(garage.receiver.deliveries.count == 22)
    }

    // MARK: The low-water mark

    private func marked() throws -> Garage {
        var limits = limits(window: 64, refill: 32)
        limits.keysRemovedPerMark = 1
        limits.windowSeconds = 10
        let garage = try Garage(limits: limits)
        for index in 1...20 { try garage.schedule("spent-\(index)", #"{"dueTime":"\#(index)s"}"#) }
        try garage.schedule("far", #"{"dueTime":"1h"}"#)
        garage.harness.advance(milliseconds: 3_597_000)
        return garage
    }

    private func mark(_ garage: Garage) throws -> DueKey? {
        try OpenedStore.mark(of: LaneKeys(namespace: "default", appID: "garage"), in: garage.harness.store)
    }

    @Test("the mark follows what is spent, and a later put below it lowers it again")
    func lowMark() throws {
        let garage = try marked()
        let raised = try mark(garage)
        #expect((raised?.time ?? .init(seconds: 0)) > JobsHarness.start + .seconds(20))
        garage.harness.driver.onLoop { garage.receiver.isAccepting = false }
        try garage.schedule("early", #"{"dueTime":"2020-01-01T00:00:00Z"}"#)
        #expect(try mark(garage) == DueKey(time: WallTime(seconds: 1_577_836_800), name: Array("early".utf8)))
        let after = try garage.restarted()
        after.harness.advance(milliseconds: 10_000)
        #expect(after.receiver.names == ["early", "far"])
    }

    @Test("a job that is at the disk while the mark is raised is not skipped at the next start")
    func createWhileRaising() throws {
        let garage = try marked()
        try garage.schedule("spent", #"{"dueTime":"0s"}"#)
        garage.harness.advance(milliseconds: 1000)
        garage.harness.driver.onLoop { garage.receiver.isAccepting = false }
        try garage.schedule("passed", #"{"dueTime":"0s"}"#)
        garage.harness.driver.setWorker("store-writer", isPaused: true)
        #expect(try garage.harness.schedule("early", #"{"dueTime":"-1800s"}"#) == nil)
        garage.harness.driver.onLoop { garage.receiver.isAccepting = true }
        garage.harness.driver.onLoop { garage.receiver.isAccepting = false }
        garage.harness.advance(milliseconds: 20)
        garage.harness.driver.setWorker("store-writer", isPaused: false)
        let after = try garage.restarted()
        after.harness.advance(milliseconds: 10_000)
        #expect(after.receiver.names.contains("early"))
    }

    @Test("the mark never passes a job whose record cannot be read: a version that can may come")
    func markStopsAtDamage() throws {
        var limits = limits(window: 64)
        limits.keysRemovedPerMark = 1
        let garage = try Garage(limits: limits)
        let keys = LaneKeys(namespace: "default", appID: "garage")
        try garage.schedule("bad", #"{"dueTime":"1s"}"#)
        var key: [UInt8] = []
        var record: [UInt8] = []
        keys.spec(Array("bad".utf8), into: &key)
        let version = try #require(try garage.harness.store.get(key.span, into: &record))
        func write(_ bytes: [UInt8]) throws {
            let group = OperationGroup()
            _ = group.begin(tag: 0)
            group.put(key.span, version: version, bytes.span)
            try garage.harness.store.commit(group)
        }
        try write([0xFF])
        let other = try garage.restarted()
        for index in 1...5 {
            try other.schedule("spent-\(index)", #"{"dueTime":"65s"}"#)
            other.harness.advance(milliseconds: 70_000)
        }
        #expect(other.receiver.deliveries.count == 5)
        try write(record)
        let after = try other.restarted()
        after.harness.advance(milliseconds: 100)
        #expect(after.receiver.names == ["bad"])
    }

    @Test("a generation is never used again, whatever was left of its block at a restart")
    func generations() throws {
        var garage = try Garage()
        var ids: [String] = []
        for _ in 0..<5 {
            for index in 0..<3 { try garage.schedule("job-\(index)", #"{"dueTime":"0s"}"#) }
            garage.harness.advance(milliseconds: 20)
            ids += garage.receiver.deliveries.map(\.trigger.runID)
            garage = try garage.restarted()
        }
        #expect(ids.count == 15)
        #expect(Set(ids).count == 15)
    }
}
