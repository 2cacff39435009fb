internal import Reactor

/// A cron expression and the zone whose clocks it is read on; UTC where none was named.
///
/// An instant is a tick if and only if the clocks show, at that instant, what the expression asks for. All of the law in
/// `docs/time.md` follows: a wall time that is left out has no tick, one that comes twice has two, and a schedule by the
/// hour ticks every hour that passes.
package struct CronSchedule: Sendable, Equatable {
    let expression: CronExpression
    let zone: Zone?

    /// The first tick after an instant, or `nil` when none is left before the year 10000.
    func next(after instant: WallTime) -> WallTime? {
        // Clamped, so that no sum below leaves 64 bits.
        guard instant < Schedule.endOfTime else { return nil }
        let start = max(instant.seconds, Schedule.startOfTime.seconds - 1) + 1
        guard let seconds = zone.map({ next(from: start, in: $0) }) ?? expression.next(from: start),
            seconds <= Schedule.endOfTime.seconds
        else { return nil }
        return WallTime(seconds: seconds)
    }

    /// The first tick at or after `start`, in seconds since 1970.
    ///
    /// Goes from one change of the clocks to the next, but leaps over those that no match can lie between.
    private func next(from start: Int64, in zone: Zone) -> Int64? {
        var cursor = start
        // No wall time from `lowest` up to `match` matches; `match` does.
        var (lowest, match) = (Int64.max, Int64.min)
        while cursor <= Schedule.endOfTime.seconds {
            let span = zone.span(at: cursor)
            let wall = cursor + span.offset
            if wall < lowest || wall > match {
                guard let found = expression.next(from: wall) else { return nil }
                (lowest, match) = (wall, found)
            }
            if match - span.offset < span.end { return match - span.offset }
            cursor = span.end
            // From here on no clock shows less than `lowest`, so none shows a match before it shows `match`.
            if cursor >= lowest + Zone.greatestOffset { cursor = max(cursor, match - Zone.greatestOffset) }
        }
        return nil
    }
}
