import JobsRuntime
import Reactor
import TestKit
import Testing

@Suite("Dispatch: fairness, depth, and room for others")
struct DispatchTests {
    @Test("a receiver that answers at once is given a long queue without a deep stack")
    func longQueue() throws {
        let garage = try Garage()
        garage.receiver.slots = 0
        for index in 0..<16_000 { try garage.schedule("job-\(index)", #"{"dueTime":"1s"}"#) }
        garage.harness.advance(milliseconds: 1000)
        garage.receiver.slots = 1
        try garage.schedule("last", #"{"dueTime":"0s"}"#)
        garage.harness.advance(milliseconds: 100)
        #expect(garage.receiver.deliveries.count == 16_001)
    }

    @Test("while the store is slow, routes take turns")
    func routesTakeTurns() throws {
        var limits = JobLimits()
        limits.maximumUnsettledResults = 1
        let harness = try JobsHarness(limits: limits)
        let receivers = (0..<3).map { _ in RecordingReceiver(harness) }
        for (index, receiver) in receivers.enumerated() { harness.route("\(index)-", to: receiver) }
        harness.begin()
        for index in 0..<30 {
            for route in 0..<3 { _ = try harness.schedule("\(route)-\(index)", #"{"dueTime":"1s"}"#) }
        }
        // Each result takes its 10 ms to the disk, and only then the next run begins.
        harness.advance(milliseconds: 1000 + 30 * 10)
        let counts = receivers.map(\.deliveries.count)
        #expect(counts.allSatisfy { (8...12).contains($0) }, "\(counts)")
    }

    @Test("routes without a free slot never fill the window: the jobs of others fire in time")
    func slowRoutesDelayNobody() throws {
        var limits = JobLimits()
        limits.windowJobs = 16
        limits.refillJobs = 4
        let harness = try JobsHarness(limits: limits)
        let live = RecordingReceiver(harness)
        harness.route("live", to: live)
        for name in ["slow-a", "slow-b"] {
            let slow = RecordingReceiver(harness)
            slow.slots = 0
            harness.route(name, to: slow)
        }
        harness.begin()
        for index in 0..<20 {
            for name in ["slow-a", "slow-b"] {
                _ = try harness.schedule("\(name)-\(index)", #"{"dueTime":"1s"}"#)
            }
        }
        for index in 0..<20 { _ = try harness.schedule("live-\(index)", #"{"dueTime":"2s"}"#) }
        harness.advance(milliseconds: 2000)
        #expect(live.deliveries.count == 20)
    }
}
