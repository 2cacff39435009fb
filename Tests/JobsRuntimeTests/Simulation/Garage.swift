import JobsRuntime
import Reactor
import TestKit
import Testing

/// A harness that has begun, with one receiver for every job.
struct Garage {
    static let full = StoreError(code: .full, message: "the disk is full")

    let harness: JobsHarness
    let receiver: RecordingReceiver

    /// A garage on `store`, at the wall time and with the limits given.
    init(
        on store: MemoryStore = MemoryStore(), at time: WallTime = JobsHarness.start,
        limits: JobLimits = JobLimits()
    ) throws {
        harness = try JobsHarness(store: store, at: time, limits: limits)
        receiver = RecordingReceiver(harness)
        harness.route("", to: receiver)
        harness.begin()
    }

    /// Kills the process and starts the next one on what is on the disk.
    func restarted() throws -> Garage {
        harness.crash()
        harness.store.fault = nil
        try harness.store.reopen()
        return try Garage(on: harness.store, at: harness.now, limits: harness.limits)
    }

    /// Schedules a job that must be accepted.
    func schedule(_ name: String, _ body: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let result = try harness.schedule(name, body)
        guard case .scheduled = result else {
            Issue.record("\(name) was answered \(String(describing: result))", sourceLocation: sourceLocation)
            return
        }
    }

    /// Makes the disk fail from now on, or heals it.
    func fail(_ moment: MemoryStore.Fault.Moment?) {
        harness.store.fault = moment.map { .init(Self.full, $0) }
    }

    /// Runs `body` with the writer asleep, so that all of it is one commit.
    func inOneCommit(_ body: () throws -> Void) rethrows {
        harness.driver.setWorker("store-writer", isPaused: true)
        try body()
        harness.driver.setWorker("store-writer", isPaused: false)
    }

    /// Ends a run that was left open.
    func finish(_ index: Int, _ outcome: TriggerOutcome = .succeeded) {
        harness.driver.onLoop { receiver.finish(receiver.deliveries[index], outcome) }
    }

    /// Deletes a job that must be deleted.
    func delete(_ name: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let result = harness.delete(name)
        guard case .deleted = result else {
            Issue.record("\(name) was answered \(String(describing: result))", sourceLocation: sourceLocation)
            return
        }
    }
}
