package import Reactor

/// The next ticks of a plan, as a person wants to see them: of one without a job yet, or of a job that is there.
///
/// Pure: the ticks are those that `TickPlan` gives the host, read on the clocks of the schedule's zone.
package struct TickPreview: Sendable, Equatable {
    /// One tick.
    package struct Row: Sendable, Equatable {
        /// From 1, over the life of the job.
        package let number: UInt64
        /// What the host plans.
        package let planned: WallTime
        /// Seconds that the zone's clocks are ahead of UTC then.
        package let offset: Int64
        /// How the clocks were changed since the tick before, or since the start; `nil` where they were not.
        package let note: String?
    }

    /// How many ticks may be asked for.
    package static let counts = 1...1000

    /// The zone's name; `UTC` where the schedule has none.
    package let zone: String
    /// The moment that a job with this plan is accepted, or that is now.
    package let start: WallTime
    /// At least one.
    package let rows: [Row]
    /// Whether no tick follows the last row.
    package let isComplete: Bool

    /// Plans as the host would at `start`; `zone` stands for the prefix `TZ=` and must not contradict one.
    package init(
        _ request: TickPlan.Request, zone: String? = nil, count: Int, from start: WallTime
    ) throws(GrammarFault) {
        let schedule = try Self.spec(request.schedule, in: zone)
        let plan = try TickPlan(
            .init(
                schedule: schedule, dueTime: request.dueTime, repeats: request.repeats, ttl: request.ttl),
            acceptedAt: start)
        self.init(plan, from: plan.firstDue, spent: 0, count: count, asOf: start)
    }

    /// The ticks of a job that is there, from the one under way on.
    package init(_ records: ListedJob.Records, count: Int, asOf now: WallTime) {
        self.init(
            records.spec.plan, from: records.progress.planned, spent: records.progress.count, count: count,
            asOf: now)
    }

    /// The ticks of a plan from one on, before which `spent` are over with.
    private init(_ plan: TickPlan, from first: WallTime, spent: UInt64, count: Int, asOf start: WallTime) {
        let clocks = plan.schedule?.zone ?? .utc
        var rows: [Row] = []
        var (last, following) = (start, Optional(first))
        while let planned = following, rows.count < count {
            let number = spent + UInt64(rows.count) + 1
            rows.append(
                Row(
                    number: number, planned: planned, offset: Self.offset(at: planned, in: clocks),
                    note: Self.note(from: last, to: planned, in: clocks)))
            last = planned
            following = plan.next(after: planned, spent: number)
        }
        self.rows = rows
        self.start = start
        self.zone = clocks.name
        isComplete = following == nil
    }

    /// The schedule with the zone as its prefix, unless it has that one already.
    private static func spec(_ schedule: String?, in zone: String?) throws(GrammarFault) -> String? {
        guard let schedule, let zone else { return schedule }
        guard !zone.isEmpty, GoSpace.first(in: Array(zone.utf8), from: 0) == nil else {
            throw .invalid("zone \"\(zone)\" is no name of a time zone")
        }
        let bytes = Array(schedule.utf8)
        guard let start = Schedule.zonePrefix(of: bytes) else { return "TZ=\(zone) \(schedule)" }
        let named = bytes[start..<(GoSpace.first(in: bytes, from: start) ?? bytes.count)]
        guard named.elementsEqual(zone.utf8) else {
            let other = String(decoding: named, as: UTF8.self)
            throw .invalid("zone \(zone) contradicts the zone \(other) of the schedule: name one of them")
        }
        return schedule
    }

    // MARK: Clocks

    /// How far the clocks are from UTC; 0 where they show a year that cannot be written with four digits.
    private static func offset(at instant: WallTime, in zone: Zone) -> Int64 {
        let offset = zone.span(at: instant.seconds).offset
        let wall = instant.seconds + offset
        return (Schedule.startOfTime.seconds...Schedule.endOfTime.seconds).contains(wall) ? offset : 0
    }

    /// Every change of the clocks after one instant and up to another.
    private static func note(from start: WallTime, to end: WallTime, in zone: Zone) -> String? {
        var changes: [String] = []
        var span = zone.span(at: start.seconds)
        while span.end <= end.seconds {
            let next = zone.span(at: span.end)
            // What begins a zone's rule need not change anything.
            if next.offset != span.offset { changes.append(change(by: next.offset - span.offset)) }
            span = next
        }
        if changes.isEmpty { return nil }
        return changes.count <= 2
            ? changes.joined(separator: ", ") : "clocks change \(changes.count) times"
    }

    private static func change(by seconds: Int64) -> String {
        let size = seconds.magnitude
        let parts = [(size / 3600, "h"), (size / 60 % 60, "min"), (size % 60, "s")]
        let shown = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: " ")
        return "clocks go \(seconds > 0 ? "forward" : "back") \(shown)"
    }
}
