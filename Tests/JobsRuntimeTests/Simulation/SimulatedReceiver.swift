import JobsRuntime
import Reactor

/// A receiver whose moods the simulation decides.
final class SimulatedReceiver: TriggerReceiver {
    let name: String
    var slots: Int
    var isAccepting: Bool
    private let onDelivery: (SimulatedReceiver, JobTrigger, RunTicket) -> Void
    private var report: (RunTicket, TriggerOutcome) -> Void = { _, _ in }
    private var changed: () -> Void = {}

    init(
        name: String, slots: Int, isAccepting: Bool,
        onDelivery: @escaping (SimulatedReceiver, JobTrigger, RunTicket) -> Void
    ) {
        self.name = name
        self.slots = slots
        self.isAccepting = isAccepting
        self.onDelivery = onDelivery
    }

    func attach(finish: @escaping (RunTicket, TriggerOutcome) -> Void, changed: @escaping () -> Void) {
        report = finish
        self.changed = changed
    }

    func deliver(_ trigger: JobTrigger, _ ticket: RunTicket) { onDelivery(self, trigger, ticket) }

    /// Reports an outcome, on the loop.
    func finish(_ ticket: RunTicket, _ outcome: TriggerOutcome) { report(ticket, outcome) }

    /// Changes its mood, on the loop.
    func become(accepting: Bool, slots: Int) {
        guard accepting != isAccepting || slots != self.slots else { return }
        isAccepting = accepting
        self.slots = slots
        changed()
    }

    func stop() {}
}
