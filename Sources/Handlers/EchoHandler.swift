public import JobsRuntime

/// Reports each job in one line, its name and its data: what to put on the empty prefix to see what comes.
public struct EchoHandler: JobHandler {
    private let output: @Sendable (String) -> Void

    /// A handler that reports through `output`, which gets a line without its end, on the event loop: it must
    /// not block.
    public init(output: @escaping @Sendable (String) -> Void) { self.output = output }

    /// A handler that reports on standard output.
    public init() { self.init(output: Console.printLine) }

    /// Reports the job; there is nothing that could fail.
    public func handle(_ trigger: JobTrigger) async -> TriggerOutcome {
        let name = Excerpt.oneLine(Array(trigger.name.utf8))
        guard let data = trigger.data else {
            output("Job \(name), without data")
            return .succeeded
        }
        output("Job \(name): \(Excerpt.oneLine(data))")
        return .succeeded
    }
}
