internal import JobsRuntime

/// How a handler is written: this one says how late each job is, and leaves the work to another.
struct LatenessHandler<Worker: JobHandler>: JobHandler {
    private let worker: Worker

    init(_ worker: Worker) { self.worker = worker }

    func handle(_ trigger: JobTrigger) async throws -> TriggerOutcome {
        Console.printLine("\(trigger.name) fired \(Milliseconds(trigger.lateness)) late")
        return try await worker.handle(trigger)
    }
}
