/// The six fields of a cron expression as bit sets, and the arithmetic that finds their next match.
///
/// Knows wall clocks and no zones: a wall time is the seconds that would have passed since 1970 if the clock on the wall
/// showed UTC. Finding a match takes a few shifts for the time of day and one look at each month that may match: at most
/// eight years of them, as that is the longest way between two 29 Februaries.
package struct CronExpression: Sendable, Equatable {
    /// The seconds of a minute that match; bit n is second n.
    var seconds: UInt64
    /// The minutes of an hour.
    var minutes: UInt64
    /// The hours of a day.
    var hours: UInt64
    /// The days of a month, from bit 1 on.
    var days: UInt64
    /// The months of a year, from bit 1 on.
    var months: UInt64
    /// The days of a week, Sunday being bit 0.
    var weekdays: UInt64
    /// Whether a day matches by its number or by its weekday, and need not match by both.
    var needsOneDayOnly: Bool

    /// The longest way between two matching days, in years: from 29 February 1896 to 1904, say.
    private static let longestGap = 8

    /// Whether there is any date and time that matches.
    ///
    /// Decided by the fields alone: each has to allow something, and some month has to have one of the days.
    var matchesSomething: Bool {
        guard seconds != 0, minutes != 0, hours != 0, months != 0 else { return false }
        // Without the choice one of the two allows every day, and then the other decides.
        let byWeekday = weekdays != 0
        let byNumber = (1...12).contains { month in
            months & 1 << month != 0 && days & Self.bits(from: 1, through: Self.longest(month)) != 0
        }
        return needsOneDayOnly ? byWeekday || byNumber : byWeekday && byNumber
    }

    /// The first wall time at or after `wall` that matches, or `nil` when no day does within eight years.
    package func next(from wall: Int64) -> Int64? {
        let (today, second) = CivilDate.split(seconds: wall)
        guard let day = nextDay(from: today) else { return nil }
        if day > today { return Int64(day) * 86_400 + Int64(firstTimeOfDay) }
        if let time = timeOfDay(from: second) { return Int64(day) * 86_400 + Int64(time) }
        return nextDay(from: today + 1).map { Int64($0) * 86_400 + Int64(firstTimeOfDay) }
    }

    // MARK: Times of a day

    private var firstTimeOfDay: Int {
        hours.trailingZeroBitCount * 3600 + minutes.trailingZeroBitCount * 60 + seconds.trailingZeroBitCount
    }

    /// The first matching second of a day at or after `second`.
    private func timeOfDay(from second: Int) -> Int? {
        let hour = second / 3600
        let minute = second / 60 % 60
        if hours & 1 << hour != 0 {
            if minutes & 1 << minute != 0, let found = Self.first(of: seconds, from: second % 60) {
                return hour * 3600 + minute * 60 + found
            }
            if let found = Self.first(of: minutes, from: minute + 1) {
                return hour * 3600 + found * 60 + seconds.trailingZeroBitCount
            }
        }
        return Self.first(of: hours, from: hour + 1).map {
            $0 * 3600 + minutes.trailingZeroBitCount * 60 + seconds.trailingZeroBitCount
        }
    }

    // MARK: Days

    /// The first matching day at or after `start`, both counted from 1970-01-01.
    private func nextDay(from start: Int) -> Int? {
        let date = CivilDate(daysSinceEpoch: start)
        var (year, month, day) = (date.year, date.month, date.day)
        guard months != 0 else { return nil }
        while year <= date.year + Self.longestGap {
            if months & 1 << month != 0 {
                let first = CivilDate.daysSinceEpoch(year: year, month: month, day: 1)
                let matching = matchingDays(
                    weekdayOfFirst: CivilDate.weekday(ofDay: first),
                    count: CivilDate.days(inMonth: month, of: year))
                if let found = Self.first(of: matching, from: day) { return first + found - 1 }
            }
            if let later = Self.first(of: months, from: month + 1) {
                month = later
            } else {
                month = months.trailingZeroBitCount
                year += 1
            }
            day = 1
        }
        return nil
    }

    /// The matching days of one month, from bit 1 on.
    private func matchingDays(weekdayOfFirst: Int, count: Int) -> UInt64 {
        // The week turned so that it begins with the month, written five times.
        let week = (weekdays >> weekdayOfFirst | weekdays << (7 - weekdayOfFirst)) & 0x7F
        let byWeekday = (week * 0x1020_4081) << 1
        let matching = needsOneDayOnly ? days | byWeekday : days & byWeekday
        return matching & Self.bits(from: 1, through: count)
    }

    // MARK: Bits

    /// The lowest bit of a set at or above a place.
    private static func first(of set: UInt64, from place: Int) -> Int? {
        let rest = set & (~0 << place)
        return rest == 0 ? nil : rest.trailingZeroBitCount
    }

    /// A set of all places of a range.
    static func bits(from lowest: Int, through highest: Int) -> UInt64 {
        (~0 << lowest) & ~(~0 << (highest + 1))
    }

    /// How many days a month has in a leap year.
    private static func longest(_ month: Int) -> Int { CivilDate.days(inMonth: month, of: 2000) }
}
