internal import Reactor

/// What a timer wheel must do, said as plainly as can be: a list sorted by deadline.
struct WheelOracle {
    private(set) var now: UInt64
    private(set) var entries: [(due: UInt64, token: TimerToken)] = []

    init(now: UInt64) { self.now = now }

    /// The earliest deadline, or the present where that is later.
    var earliest: UInt64? {
        entries.first.map { max($0.due, now) }
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

    /// What is due, with the tick at which each timer fires.
    mutating func advance(to tick: UInt64) -> [TimerToken: UInt64] {
        let before = now
        now = max(now, tick)
        let due = entries.prefix { $0.due <= now }
        entries.removeFirst(due.count)
        return Dictionary(uniqueKeysWithValues: due.map { ($0.token, max($0.due, before)) })
    }

    mutating func rewind(to tick: UInt64) { now = min(now, tick) }
}
