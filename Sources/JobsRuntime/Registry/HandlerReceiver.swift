internal import Reactor

/// Runs triggers through a handler in the process, each as a task on the loop's executor.
package final class HandlerReceiver: TriggerReceiver {
    package let name: String
    package let isAccepting = true
    private let handler: any JobHandler
    private let executor: LoopExecutor
    private let runs: any RunReports
    package let slots: Int

    package init(name: String, handler: any JobHandler, services: LoopServices, limit: Int) {
        self.name = name
        self.handler = handler
        self.executor = services.executor
        self.runs = services.runs
        slots = limit
    }

    /// Nothing to keep: runs report through `LoopServices.runs`, and a handler always accepts.
    package func attach(finish: @escaping (RunTicket, TriggerOutcome) -> Void, changed: @escaping () -> Void)
    {}

    package func deliver(_ trigger: JobTrigger, _ ticket: RunTicket) {
        let handler = handler
        let runs = runs
        Task(executorPreference: executor) {
            let outcome: TriggerOutcome
            do {
                outcome = try await handler.handle(trigger)
            } catch {
                outcome = .failed(reason: "\(error)")
            }
            await runs.finish(ticket, outcome)
        }
    }

    package func stop() {}
}
