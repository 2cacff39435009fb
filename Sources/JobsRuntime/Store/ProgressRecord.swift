package import Reactor

/// Where a job stands.
///
/// Small, and absent until the first result; its version is the number of that result.
package struct ProgressRecord: Sendable, Equatable {
    /// Ticks that are spent.
    package var count: UInt64
    /// When the tick under way was planned.
    package var planned: WallTime
    /// Attempts of that tick so far.
    package var attempts: UInt32
    /// The job's place in the due order: when the next attempt is due, or when it was put there if its time had passed.
    package var due: WallTime
    /// Whether the tick under way has had an attempt that failed or was put off.
    package var isRetry = false
    /// How many results the job has had, retries and snoozes included.
    package var sequence: UInt64

    private enum Tag {
        static let count: UInt8 = 1
        static let planned: UInt8 = 2
        static let attempts: UInt8 = 3
        static let due: UInt8 = 4
        static let sequence: UInt8 = 5
        static let isRetry: UInt8 = 6
    }

    /// A job that has had no result.
    package init(firstDue: WallTime) {
        count = 0
        planned = firstDue
        attempts = 0
        due = firstDue
        sequence = 0
    }

    /// Where the job stands once `step` has been taken at the instant `now`; `nil` when it is finished.
    ///
    /// A held one stands where it stood. What is due already goes to the end of the overdue, and not before all that became
    /// due since: jobs that catch up take turns with the others, however many they are.
    package func following(_ step: NextStep, now: WallTime) -> ProgressRecord? {
        // The millisecond that has begun, so that it is due in the next turn.
        let latest = WallTime(millisecondsSinceEpoch: now.millisecondsSinceEpoch)
        var next = self
        next.sequence &+= 1
        switch step {
        case .finish: return nil
        case .hold: return self
        case .advance(let planned):
            next.count &+= 1
            next.planned = planned
            next.attempts = 0
            next.isRetry = false
            next.due = max(planned, latest)
        case .retry(let time, let attempts):
            next.attempts = attempts
            next.isRetry = true
            next.due = max(time, latest)
        }
        return next
    }

    /// The record's bytes.
    package func encoded() -> [UInt8] {
        var writer = RecordWriter(reserving: 64)
        writer.add(Tag.count, count)
        writer.add(Tag.planned, planned)
        writer.add(Tag.attempts, UInt64(attempts))
        writer.add(Tag.due, due)
        writer.add(Tag.sequence, sequence)
        if isRetry { writer.add(Tag.isRetry, 1) }
        return writer.bytes
    }

    /// Reads what `encoded` wrote.
    package init(decoding bytes: [UInt8]) throws(StoreError) {
        self.init(firstDue: WallTime(seconds: 0))
        var reader = RecordReader(bytes, what: "progress record")
        var fields = 0
        while let field = try reader.next() {
            switch field.tag {
            case Tag.count: count = try reader.number(field)
            case Tag.planned: planned = try reader.time(field)
            case Tag.attempts:
                guard let number = UInt32(exactly: try reader.number(field)) else { throw reader.damaged() }
                attempts = number
            case Tag.due: due = try reader.time(field)
            case Tag.sequence: sequence = try reader.number(field)
            case Tag.isRetry:
                isRetry = try reader.number(field) != 0
                continue
            default:
                try reader.skip(field)
                continue
            }
            fields += 1
        }
        guard fields == 5 else { throw reader.damaged() }
    }
}
