package import Reactor

/// How far a lane's due order is in memory: the horizon, a key and not a time.
///
/// Every due key before the horizon is on the wheel, ready, running, on its way to the disk, or was passed; every other
/// stands in the store alone. `nil` means that the whole order is in memory. A pure value: it decides, and `Lane` acts.
package struct DueWindow {
    /// The first key that is not in memory.
    package private(set) var horizon: DueKey? = .lowest
    /// Jobs in memory that have not begun to run.
    package private(set) var count = 0
    /// What they weigh, in bytes.
    package private(set) var bytes = 0
    private let limits: JobLimits

    package init(limits: JobLimits) { self.limits = limits }

    /// Whether a key lies within the window.
    ///
    /// The horizon comes back to one that does but is due too late to be kept in memory.
    package mutating func admits(_ key: DueKey, now: WallTime) -> Bool {
        if let horizon, !(key < horizon) { return false }
        guard key.time <= now + .seconds(limits.windowSeconds) else {
            horizon = key
            return false
        }
        return true
    }

    /// Counts a job in.
    package mutating func add(_ byteCount: Int) {
        count += 1
        bytes += byteCount
    }

    /// Counts a job out.
    package mutating func remove(_ byteCount: Int) {
        count -= 1
        bytes -= byteCount
    }

    /// Whether the window holds more than it may.
    package var isOverfull: Bool { count > limits.windowJobs || bytes > limits.windowBytes }

    /// Whether there is room worth a read.
    package var isHalfEmpty: Bool { count <= limits.windowJobs / 2 && bytes <= limits.windowBytes / 2 }

    /// How many of the jobs that have not begun to run are to be dropped when the window is overfull, so that it
    /// happens once for many.
    package var surplus: Int { bytes > limits.windowBytes ? count / 2 : count - limits.windowJobs * 3 / 4 }

    /// How many are to be dropped to make room for a read.
    var surplusOverHalf: Int { bytes > limits.windowBytes / 2 ? count : count - limits.windowJobs / 2 }

    /// Draws the horizon back to a key that is no longer in memory, or that has to be looked at again.
    package mutating func retreat(to key: DueKey) {
        if let horizon, horizon < key { return }
        horizon = key
    }

    /// Moves the horizon on to the first key that a read has not brought.
    package mutating func advance(to key: DueKey?) { horizon = key }

    /// When the next read is due: half a window before the horizon, so that it is in memory long before it fires.
    package var nextRead: WallTime? {
        horizon.map { $0.time + .seconds(-limits.windowSeconds / 2) }
    }
}
