package import Reactor

/// Names a run that is under way; stale once its outcome has been taken.
package struct RunTicket: Sendable, Hashable, CustomStringConvertible {
    let place: UInt32
    let use: UInt32

    package var description: String { "\(place).\(use)" }
}

/// Where triggers of a route go: a handler in the process, a plugin, or an app across HTTP.
///
/// On the loop only. The executor keeps what is due in a queue of the route and gives out as many triggers as there are free slots, so a
/// receiver never has to queue. It reports each outcome exactly once, through the `finish` it was attached with.
package protocol TriggerReceiver: AnyObject {
    /// What the route's owner is called in logs, such as `droid-maintenance`.
    var name: String { get }

    /// How many triggers it takes at a time.
    ///
    /// No free slot is back-pressure: jobs wait in the queue.
    var slots: Int { get }

    /// Whether it can be reached at all.
    ///
    /// While it cannot, due jobs are left to the store and burn no attempt.
    var isAccepting: Bool { get }

    /// Whether it could be reached at least once since the start.
    ///
    /// A host is ready once all its receivers could: one that goes away later must not get the host restarted.
    var wasReached: Bool { get }

    /// Tells the receiver how to report, before its first trigger: `finish` an outcome, `changed` when
    /// `slots` or `isAccepting` has changed.
    func attach(
        finish: @escaping (RunTicket, TriggerOutcome) -> Void, changed: @escaping () -> Void)

    /// Takes one trigger.
    ///
    /// Only while accepting, with a slot free.
    func deliver(_ trigger: JobTrigger, _ ticket: RunTicket)

    /// Lets go of its sockets and timers; what still runs is abandoned.
    func stop()
}

extension TriggerReceiver {
    package var wasReached: Bool { isAccepting }
}

/// Makes the receiver of a route on the loop it will live on.
package protocol ReceiverProvider: Sendable {
    /// Makes the receiver.
    ///
    /// On the loop, while the runtime starts.
    func makeReceiver(on services: LoopServices) throws -> any TriggerReceiver

    /// How the receiver reaches an app, for the metadata; `nil` where there is no app.
    var connection: AppConnection? { get }
}

extension ReceiverProvider {
    package var connection: AppConnection? { nil }
}

/// What a receiver may use of the loop that it lives on.
package struct LoopServices {
    /// The loop's executor.
    package let executor: LoopExecutor
    /// libuv's loop, for sockets; `nil` under a driver that has none.
    package let sockets: UVLoop?
    /// Where runs that end on a task report to.
    package let runs: any RunReports
    /// Where an app's answers are counted; `nil` where nobody listens.
    package let appCalls: AppCallMetrics?

    package init(
        executor: LoopExecutor, sockets: UVLoop?, runs: any RunReports, appCalls: AppCallMetrics? = nil
    ) {
        self.executor = executor
        self.sockets = sockets
        self.runs = runs
        self.appCalls = appCalls
    }
}

/// Where the task of a run reports its outcome: a door to the loop.
package protocol RunReports: Sendable {
    func finish(_ ticket: RunTicket, _ outcome: TriggerOutcome) async
}
