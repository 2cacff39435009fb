package import Reactor

/// A job's place in its lane's due order: when its next attempt is due, then its name.
package struct DueKey: Comparable, Hashable, Sendable {
    package let time: WallTime
    package let name: [UInt8]

    package init(time: WallTime, name: [UInt8]) {
        self.time = time
        self.name = name
    }

    /// Before every key that a job can have.
    package static let lowest = DueKey(time: WallTime(seconds: .min), name: [])

    /// The order of the keys in the store: byte by byte.
    package static func < (left: DueKey, right: DueKey) -> Bool {
        if left.time != right.time { return left.time < right.time }
        return left.name.lexicographicallyPrecedes(right.name)
    }
}
