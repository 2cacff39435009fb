internal import Glibc
internal import JobsRuntime
internal import Reactor

/// How a handler is written: this one says how late each job is, and leaves the work to another.
struct LatenessHandler<Worker: JobHandler>: JobHandler {
    private let worker: Worker

    init(_ worker: Worker) { self.worker = worker }

    func handle(_ trigger: JobTrigger) async throws -> TriggerOutcome {
        let lateness = WallTime.now - trigger.plannedTime
        Console.printLine("\(trigger.name) fired \(Milliseconds(lateness)) late")
        return try await worker.handle(trigger)
    }
}

extension WallTime {
    /// What the system's clock shows.
    static var now: WallTime {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(seconds: Int64(time.tv_sec), nanoseconds: UInt32(time.tv_nsec))
    }
}
