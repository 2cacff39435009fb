internal import Reactor

/// What a timer wheel must do, said as plainly as can be: a list sorted by deadline.
struct WheelOracle {
    /// The first tick that never comes.
    static let end: UInt64 = 1 << 48

    private(set) var now: UInt64
    private(set) var entries: [(due: UInt64, token: TimerToken)] = []

    init(now: UInt64) { self.now = now }

    /// The earliest deadline that can come, or the present where that is later.
    var earliest: UInt64? {
        guard let first = entries.first, first.due < Self.end else { return nil }
        return max(first.due, now)
    }

    mutating func insert(_ token: TimerToken, due: UInt64) {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].due <= due { low = middle + 1 } else { high = middle }
        }
        entries.insert((due, token), at: low)
    }

    mutating func remove(at index: Int) -> TimerToken { entries.remove(at: index).token }

    mutating func advance(to tick: UInt64) -> [TimerToken] {
        now = max(now, min(tick, Self.end - 1))
        let due = entries.prefix { $0.due <= now }.map(\.token)
        entries.removeFirst(due.count)
        return due
    }

    mutating func rewind(to tick: UInt64) { now = min(now, tick) }
}
