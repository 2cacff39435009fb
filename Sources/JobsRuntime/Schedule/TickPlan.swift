package import Reactor

/// When a job's ticks are: the first one, and how each follows from the one before (contract, sections 4.5
/// and 4.6).
package struct TickPlan: Sendable, Equatable {
    /// What a client may say about time.
    package struct Request: Sendable {
        /// What its ticks follow from.
        package let schedule: String?
        /// When the first tick is.
        package let dueTime: String?
        /// How many ticks there are at most.
        package let repeats: UInt32?
        /// Whether a `ttl` was given; what it says is not read yet.
        package let hasTTL: Bool

        package init(schedule: String?, dueTime: String?, repeats: UInt32? = nil, hasTTL: Bool = false) {
            self.schedule = schedule
            self.dueTime = dueTime
            self.repeats = repeats
            self.hasTTL = hasTTL
        }
    }

    /// The first tick; may have passed already, and is due at once then.
    package let firstDue: WallTime
    /// What the later ticks follow from; `nil` for a job that fires once.
    package let schedule: Schedule?
    /// How many ticks there are at most, the first one included; `nil` is without limit.
    package let repeats: UInt32?

    /// Checks in the contract's order, and plans from the moment the job is accepted.
    package init(_ request: Request, acceptedAt now: WallTime) throws(GrammarFault) {
        if request.schedule == nil {
            if let repeats = request.repeats, repeats > 1 {
                throw .invalid("job must have a schedule to repeat")
            }
        }
        if request.repeats == 0 { throw .invalid("defined repeats must be greater than 0") }
        if request.schedule == nil, request.hasTTL {
            throw .invalid("job must have a schedule to have a ttl")
        }
        schedule = try request.schedule.map { text throws(GrammarFault) in try Schedule(text) }
        repeats = request.repeats
        let dueTime = try request.dueTime.map { text throws(GrammarFault) in try DueTime(text) }
        if request.hasTTL { throw .unimplemented("field ttl is not supported yet") }
        guard let firstDue = dueTime?.instant(acceptedAt: now) ?? schedule?.next(after: now) else {
            throw .invalid("schedule has no tick before the year 10000")
        }
        self.firstDue = firstDue
    }

    /// The tick after `planned`, when `spent` ticks are over with, that one included; `nil` when there is
    /// none.
    ///
    /// Counts from the planned time and not from now: after a downtime every missed tick has its turn.
    package func next(after planned: WallTime, spent: UInt32) -> WallTime? {
        if let repeats, spent >= repeats { return nil }
        return schedule?.next(after: planned)
    }
}
