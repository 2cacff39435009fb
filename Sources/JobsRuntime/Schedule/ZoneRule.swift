/// The last line of a zone file, in the spelling of POSIX's `TZ`, such as `CET-1CEST,M3.5.0,M10.5.0/3`: what holds after
/// the file's last change, for ever.
struct ZoneRule: Sendable, Equatable {
    /// When summer time begins or ends in a year.
    enum Day: Sendable, Equatable {
        /// The `week`-th `weekday` of a month; week 5 is the last one.
        case weekday(month: Int, week: Int, weekday: Int)
        /// A day of the year from 1, 29 February not counted.
        case withoutLeapDay(Int)
        /// A day of the year from 0.
        case ofYear(Int)
    }

    /// One of the two changes of a year.
    struct Change: Sendable, Equatable {
        let day: Day
        /// Seconds after the day's midnight, on the clock as it is before the change.
        let time: Int64

        /// The instant of the change in a year, where the clocks were `offset` ahead of UTC.
        func instant(inYear year: Int, offset: Int64) -> Int64 {
            Int64(dayNumber(inYear: year)) * 86_400 + time - offset
        }

        private func dayNumber(inYear year: Int) -> Int {
            switch day {
            case .ofYear(let number):
                return CivilDate.daysSinceEpoch(year: year, month: 1, day: 1) + number
            case .withoutLeapDay(let number):
                let isPastLeapDay = number >= 60 && CivilDate.isLeap(year)
                return CivilDate.daysSinceEpoch(year: year, month: 1, day: 1) + number
                    - (isPastLeapDay ? 0 : 1)
            case .weekday(let month, let week, let weekday):
                let first = CivilDate.daysSinceEpoch(year: year, month: month, day: 1)
                var day = (weekday - CivilDate.weekday(ofDay: first) + 7) % 7 + 7 * (week - 1)
                if day >= CivilDate.days(inMonth: month, of: year) { day -= 7 }
                return first + day
            }
        }
    }

    /// The offset of summer time, and when it begins and ends.
    struct Summer: Sendable, Equatable {
        let offset: Int64
        let begin: Change
        let end: Change
    }

    /// The offset of the time that is not summer time.
    let standard: Int64
    let summer: Summer?

    /// The stretch that an instant lies in.
    func span(at instant: Int64) -> Zone.Span {
        guard let summer else { return Zone.Span(offset: standard, end: .max) }
        let day = CivilDate.split(seconds: instant &+ standard).day
        let year = CivilDate(daysSinceEpoch: day).year
        var last: (instant: Int64, offset: Int64) = (.min, standard)
        var end = Int64.max
        // A change may stand on the other side of New Year, and last year's may be the latest.
        for year in year - 1...year + 1 {
            let begin = summer.begin.instant(inYear: year, offset: standard)
            let finish = summer.end.instant(inYear: year, offset: summer.offset)
            // Where one ends as the other begins (summer time all the year), the later one of the year counts.
            if begin < finish {
                Self.note(begin, summer.offset, around: instant, &last, &end)
                Self.note(finish, standard, around: instant, &last, &end)
            } else {
                Self.note(finish, standard, around: instant, &last, &end)
                Self.note(begin, summer.offset, around: instant, &last, &end)
            }
        }
        return Zone.Span(offset: last.offset, end: end)
    }

    private static func note(
        _ change: Int64, _ offset: Int64, around instant: Int64,
        _ last: inout (instant: Int64, offset: Int64),
        _ end: inout Int64
    ) {
        if change <= instant {
            if change >= last.instant { last = (change, offset) }
        } else {
            end = min(end, change)
        }
    }
}
