package import Reactor

/// When a job's ticks are: the first one, and how each follows from the one before (contract, sections 4.4 to 4.6).
package struct TickPlan: Sendable, Equatable {
    /// What a client may say about time.
    package struct Request: Sendable {
        /// What its ticks follow from.
        package let schedule: String?
        /// When the first tick is.
        package let dueTime: String?
        /// How many ticks there are at most.
        package let repeats: UInt32?
        /// After which instant no tick is planned.
        package let ttl: String?

        package init(schedule: String?, dueTime: String?, repeats: UInt32? = nil, ttl: String? = nil) {
            self.schedule = schedule
            self.dueTime = dueTime
            self.repeats = repeats
            self.ttl = ttl
        }
    }

    /// The longest `schedule`, `dueTime` or `ttl`, in bytes.
    ///
    /// A cron expression that lists every second, minute, hour, day, month and weekday has about 500. A schedule is read
    /// again whenever its job is, so its length must not be the client's to choose.
    package static let longestText = 4096

    /// The first tick; may have passed already, and is due at once then.
    package let firstDue: WallTime
    /// What the later ticks follow from; `nil` for a job that fires once.
    package let schedule: Schedule?
    /// How many ticks there are at most, the first one included; `nil` is without limit.
    package let repeats: UInt32?
    /// The last instant that a tick may be planned for; `nil` is without limit.
    package let expiry: WallTime?

    /// Checks in the contract's order, and plans from the moment the job is accepted.
    ///
    /// What Dapr accepts although it never fires, or fires without end, is refused after all that.
    package init(_ request: Request, acceptedAt now: WallTime) throws(GrammarFault) {
        if request.schedule == nil, let repeats = request.repeats, repeats > 1 {
            throw .invalid("job must have a schedule to repeat")
        }
        if request.repeats == 0 { throw .invalid("defined repeats must be greater than 0") }
        if request.schedule == nil, request.ttl != nil {
            throw .invalid("job must have a schedule to have a ttl")
        }
        let schedule = try Self.read(request.schedule, "schedule") { text throws(GrammarFault) in
            try Schedule(text)
        }
        let due = try Self.read(request.dueTime, "dueTime") { text throws(GrammarFault) in
            try DueTime(text).instant(from: now)
        }
        let expiry = try Self.read(request.ttl, "ttl") { text throws(GrammarFault) in
            guard let ttl = try? DueTime(text) else { throw .invalid("ttl format not recognized") }
            return ttl.instant(from: due ?? now)
        }
        if let due, let expiry, expiry < due { throw .invalid("ttl must be greater than due time") }
        if due == nil, let expiry, expiry < now { throw .invalid("ttl has passed already") }
        if let due, due > Schedule.endOfTime { throw .invalid("due time is after the year 9999") }
        guard let firstDue = due ?? schedule?.next(after: now) else {
            throw .invalid("schedule has no tick before the year 10000")
        }
        if let expiry, firstDue > expiry { throw .invalid("schedule has no tick before the ttl has passed") }
        self.firstDue = firstDue
        self.schedule = schedule
        self.expiry = expiry
        repeats = request.repeats
    }

    /// The plan of a job that was accepted before.
    init(firstDue: WallTime, schedule: Schedule?, repeats: UInt32?, expiry: WallTime?) {
        self.firstDue = firstDue
        self.schedule = schedule
        self.repeats = repeats
        self.expiry = expiry
    }

    /// The tick after `planned`, when `spent` ticks are over with, that one included; `nil` when there is
    /// none.
    ///
    /// Counts from the planned time and not from now: after a downtime every missed tick has its turn.
    package func next(after planned: WallTime, spent: UInt64) -> WallTime? {
        if let repeats, spent >= UInt64(repeats) { return nil }
        return schedule?.next(after: planned, upTo: expiry)
    }

    /// Reads a field that was given, unless it is too long.
    private static func read<Value>(
        _ text: String?, _ field: String, _ reading: (String) throws(GrammarFault) -> Value
    ) throws(GrammarFault) -> Value? {
        guard let text else { return nil }
        let count = text.utf8.count
        guard count <= longestText else {
            throw .invalid("\(field) of \(count) bytes is longer than \(longestText)")
        }
        return try reading(text)
    }
}
