import Glibc

/// A cron expression drawn at random, with the sets that its text means, built without the parser under test.
struct RandomCron: CustomStringConvertible {
    private(set) var description = ""
    /// One array for each field, from second to weekday: whether a value is in it.
    private(set) var fields: [[Bool]] = []
    /// Whether day of month, or weekday, has an unstepped star.
    private var hasDayStar = false

    /// Draws one; the days may be restricted in one field or in both.
    init(_ random: inout some RandomNumberGenerator) {
        let bounds = [(0, 59), (0, 59), (0, 23), (1, 31), (1, 12), (0, 6)]
        for (place, bound) in bounds.enumerated() {
            var allowed = [Bool](repeating: false, count: 64)
            var items: [String] = []
            // Mostly few values in the small units, and mostly all of the large ones: so that matches are neither
            // everywhere nor years away.
            let starChance = [20, 30, 50, 65, 80, 65][place]
            if Int.random(in: 0..<100, using: &random) < starChance {
                items = [["*", "?", "*/1"].randomElement(using: &random)!]
                for value in bound.0...bound.1 { allowed[value] = true }
                if place == 3 || place == 5 { hasDayStar = true }
            } else {
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    items.append(Self.item(bound, &allowed, &random))
                }
            }
            description += (place == 0 ? "" : " ") + items.joined(separator: ",")
            fields.append(allowed)
        }
    }

    private static func item(
        _ bound: (Int, Int), _ allowed: inout [Bool], _ random: inout some RandomNumberGenerator
    ) -> String {
        let first = Int.random(in: bound.0...bound.1, using: &random)
        let last = Int.random(in: first...bound.1, using: &random)
        let step = Int.random(in: 2...20, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0:
            for value in first...last { allowed[value] = true }
            return "\(first)-\(last)"
        case 1:
            for value in first...last where (value - first) % step == 0 { allowed[value] = true }
            return "\(first)-\(last)/\(step)"
        case 2:
            for value in first...bound.1 where (value - first) % step == 0 { allowed[value] = true }
            return "\(first)/\(step)"
        default:
            allowed[first] = true
            return "\(first)"
        }
    }

    /// Whether the clocks that show this are at a match, seconds left aside.
    func matchesMinute(_ clock: tm) -> Bool {
        unsafe fields[1][Int(clock.tm_min)] && fields[2][Int(clock.tm_hour)]
            && fields[4][Int(clock.tm_mon) + 1]
            && matchesDay(Int(clock.tm_mday), Int(clock.tm_wday))
    }

    private func matchesDay(_ day: Int, _ weekday: Int) -> Bool {
        hasDayStar ? fields[3][day] && fields[5][weekday] : fields[3][day] || fields[5][weekday]
    }

    /// Every tick in a stretch of time, found by looking at the clock every half minute.
    ///
    /// Half a minute is enough as no clock since 1970 was set by less.
    func ticks(from start: Int, to end: Int, clock: (Int) -> tm) -> [Int] {
        var ticks: [Int] = []
        for half in stride(from: start / 30 * 30, to: end, by: 30) {
            let shown = unsafe clock(half)
            guard unsafe matchesMinute(shown) else { continue }
            for second in 0..<30 where fields[0][unsafe Int(shown.tm_sec) + second] {
                let tick = half + second
                if tick >= start, tick < end { ticks.append(tick) }
            }
        }
        return ticks
    }
}

/// The C library's clocks.
enum SystemClocks {
    /// What a clock in UTC shows.
    static func utc(_ instant: Int) -> tm {
        var instant = instant
        var parts = unsafe tm()
        unsafe gmtime_r(&instant, &parts)
        return unsafe parts
    }

    /// What a clock in the zone of `TZ` shows.
    static func local(_ instant: Int) -> tm {
        var instant = instant
        var parts = unsafe tm()
        unsafe localtime_r(&instant, &parts)
        return unsafe parts
    }

    /// How far ahead of UTC that clock is, in seconds.
    static func offset(_ instant: Int) -> Int { unsafe local(instant).tm_gmtoff }

    /// Makes `local` mean a zone.
    ///
    /// The whole process changes: only for a process that a test has for itself.
    static func enter(_ zone: String) {
        unsafe setenv("TZ", zone, 1)
        tzset()
    }

    /// When the clocks of `local` change, in a stretch of time: looked for every two days, then halved down to the second.
    static func changes(from start: Int, to end: Int) -> [Int] {
        var changes: [Int] = []
        var last = start
        var offset = offset(start)
        for next in stride(from: start, through: end, by: 2 * 86_400) {
            let reached = self.offset(next)
            if reached != offset {
                var (low, high) = (last, next)
                while high - low > 1 {
                    let middle = (low + high) / 2
                    if self.offset(middle) == offset { low = middle } else { high = middle }
                }
                changes.append(high)
                offset = reached
            }
            last = next
        }
        return changes
    }
}
