public import JobsRuntime

/// Sends a droid to maintenance: `Droid:Task`, such as `R2-D2:Oil Change`, from `{"Value":"…"}` or a plain
/// string.
public struct DroidMaintenanceHandler: JobHandler {
    private let output: @Sendable (String) -> Void

    /// A handler that reports through `output`.
    ///
    /// `output` gets the lines of one job in one piece, without the last line end, on the event loop: it must
    /// not block.
    public init(output: @escaping @Sendable (String) -> Void) { self.output = output }

    /// A handler that reports on standard output.
    public init() { self.init(output: Console.printLine) }

    /// Reports the job in three lines; data that names no droid or no task fails the attempt.
    public func handle(_ trigger: JobTrigger) async -> TriggerOutcome {
        let value: String
        do {
            value = try trigger.string("Value")
        } catch {
            return .failed(reason: "\(error); it is \(Excerpt.quoted(trigger.data))")
        }
        guard let order = MaintenanceOrder(value) else {
            return .failed(reason: "\(Excerpt.quoted(Array(value.utf8))) is not of the form Droid:Task")
        }
        output(
            """
            Received job request...
            Starting droid: \(order.droid)
            Executing maintenance job: \(order.task)
            """)
        return .succeeded
    }
}

/// A droid, and what is to be done to it.
private struct MaintenanceOrder {
    let droid: Substring
    let task: Substring

    /// Splits at the first colon; both sides must say something, and nothing that would begin a line of its
    /// own.
    init?(_ value: String) {
        guard let colon = value.firstIndex(of: ":") else { return nil }
        droid = value[..<colon]
        task = value[value.index(after: colon)...]
        let isPrintable = value.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        guard !droid.isEmpty, !task.isEmpty, isPrintable else { return nil }
    }
}
