package import Reactor

/// A job as it was submitted, and what was fixed when it was accepted.
///
/// Written once; its version is the generation.
package struct SpecRecord: Sendable, Equatable {
    /// The store that the job was scheduled in first; with generation and tick it makes the run id.
    package var storeID: UInt64
    /// When the first tick is planned.
    package var firstDue: WallTime
    /// `schedule` as it was sent.
    package var schedule: String?
    /// `dueTime` as it was sent.
    package var dueTime: String?
    /// Ticks at most.
    package var repeats: UInt32?
    /// `data` as it was sent.
    package var data: [UInt8]?
    /// `ttl` as it was sent.
    package var ttl: String?
    /// The last instant that a tick may be planned for: what `ttl` came to when the job was accepted.
    package var expiry: WallTime?

    /// What the texts about time take, in bytes.
    var textByteCount: Int {
        (schedule?.utf8.count ?? 0) + (dueTime?.utf8.count ?? 0) + (ttl?.utf8.count ?? 0)
    }

    /// What follows a failed attempt.
    package var failurePolicy = FailurePolicy.standard

    /// When its ticks are.
    ///
    /// The schedule was checked when the job was accepted; one that a store brings and this version cannot read was
    /// refused when its record was.
    package var plan: TickPlan {
        TickPlan(firstDue: firstDue, schedule: parsedSchedule, repeats: repeats, expiry: expiry)
    }

    private var parsedSchedule: Schedule?

    private enum Tag {
        static let storeID: UInt8 = 1
        static let firstDue: UInt8 = 2
        static let schedule: UInt8 = 3
        static let dueTime: UInt8 = 4
        static let repeats: UInt8 = 5
        static let data: UInt8 = 6
        static let ttl: UInt8 = 7
        static let failurePolicy: UInt8 = 8
        static let expiry: UInt8 = 9
    }

    package init(_ draft: JobDraft, storeID: UInt64) {
        self.storeID = storeID
        firstDue = draft.firstDue
        schedule = draft.schedule
        dueTime = draft.dueTime
        repeats = draft.repeats
        data = draft.data
        failurePolicy = draft.failurePolicy
        ttl = draft.ttl
        expiry = draft.expiry
        parsedSchedule = draft.parsedSchedule
    }

    /// The record's bytes.
    package func encoded() -> [UInt8] {
        var writer = RecordWriter(reserving: 64 + (data?.count ?? 0))
        writer.add(Tag.storeID, storeID)
        writer.add(Tag.firstDue, firstDue)
        writer.add(Tag.schedule, schedule)
        writer.add(Tag.dueTime, dueTime)
        if let repeats { writer.add(Tag.repeats, UInt64(repeats)) }
        if let data { writer.add(Tag.data, data) }
        writer.add(Tag.ttl, ttl)
        // Nearly every job has the default, which the contract fixes.
        if failurePolicy != .standard { writer.add(Tag.failurePolicy, failurePolicy) }
        if let expiry { writer.add(Tag.expiry, expiry) }
        return writer.bytes
    }

    /// Reads what `encoded` wrote.
    package init(decoding bytes: [UInt8]) throws(StoreError) {
        var reader = RecordReader(bytes, what: "job record")
        var storeID: UInt64?
        var firstDue: WallTime?
        while let field = try reader.next() {
            switch field.tag {
            case Tag.storeID: storeID = try reader.number(field)
            case Tag.firstDue: firstDue = try reader.time(field)
            case Tag.schedule: schedule = try reader.text(field)
            case Tag.dueTime: dueTime = try reader.text(field)
            case Tag.repeats:
                guard let number = UInt32(exactly: try reader.number(field)) else { throw reader.damaged() }
                repeats = number
            case Tag.data: data = reader.array(field)
            case Tag.failurePolicy: failurePolicy = try reader.policy(field)
            case Tag.ttl: ttl = try reader.text(field)
            case Tag.expiry: expiry = try reader.time(field)
            default: try reader.skip(field)
            }
        }
        guard let storeID, let firstDue else { throw reader.damaged() }
        self.storeID = storeID
        self.firstDue = firstDue
        guard let schedule else { return }
        do { parsedSchedule = try Schedule(schedule) } catch {
            throw .record(
                .newerFormat,
                "a job has the schedule \"\(schedule)\", which cannot be read here: \(error.message)")
        }
    }
}
