package import Reactor

/// What a client asked to have scheduled: decoded, validated, and planned from the moment it was accepted.
package struct JobDraft: Sendable, Equatable {
    /// The job's name, checked.
    package let name: [UInt8]
    /// `schedule` as it was sent; echoed as such.
    package let schedule: String?
    /// `dueTime` as it was sent; echoed as such.
    package let dueTime: String?
    /// `ttl` as it was sent; echoed as such.
    package let ttl: String?
    /// How many ticks there are at most; `nil` is without limit.
    package let repeats: UInt32?
    /// Whether a job of this name is replaced.
    package let overwrite: Bool
    /// `data` as it was sent, JSON text; `nil` when it was absent, `null` when it was null.
    package let data: [UInt8]?
    /// What follows a failed attempt; the default where nothing was said.
    package let failurePolicy: FailurePolicy
    /// When the first tick is planned; may have passed already.
    package let firstDue: WallTime
    /// The schedule of the ticks after the first; `nil` for a job that fires once.
    package let parsedSchedule: Schedule?
    /// The last instant that a tick may be planned for; `nil` is without limit.
    package let expiry: WallTime?
    /// Whether the first tick had passed already when the job was accepted: nobody could have sent it in time.
    package let isBelated: Bool

    package init(
        name: JobName, fields: JobFields, plan: TickPlan, acceptedAt now: WallTime
    ) {
        self.name = name.bytes
        schedule = fields.schedule
        dueTime = fields.dueTime
        ttl = fields.ttl
        repeats = fields.repeats
        overwrite = fields.overwrite
        data = fields.data
        failurePolicy = fields.failurePolicy ?? .standard
        firstDue = plan.firstDue
        parsedSchedule = plan.schedule
        expiry = plan.expiry
        isBelated = plan.firstDue < now
    }
}
