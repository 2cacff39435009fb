/// How far a region's clocks are from UTC, at every instant: what a zone file says, and its rule for the time after.
///
/// Immutable, and shared by all schedules that name it.
package final class Zone: Sendable {
    /// A stretch of time in which the clocks do not change.
    package struct Span: Equatable {
        /// Seconds that the clocks are ahead of UTC.
        package let offset: Int64
        /// When the clocks change next, in seconds since 1970; `Int64.max` for never.
        package let end: Int64

        package init(offset: Int64, end: Int64) {
            self.offset = offset
            self.end = end
        }
    }

    /// No clock is further from UTC than this, in seconds; a file that says so is refused.
    package static let greatestOffset: Int64 = 26 * 3600

    /// The name, as it was asked for.
    package let name: String
    /// When the clocks change, ascending.
    private let changes: [Int64]
    /// The offset before the first change, then the one after each.
    private let offsets: [Int32]
    /// What holds from `ruleStart` on.
    private let rule: ZoneRule?
    private let ruleStart: Int64

    /// A zone from what a file says; `offsets` has one more than `changes`, and neither is checked here.
    init(name: String, changes: [Int64], offsets: [Int32], rule: ZoneRule?) {
        precondition(offsets.count == changes.count + 1, "a zone has an offset before its first change")
        self.name = name
        self.rule = rule
        ruleStart = changes.last ?? .min
        // Changes of the name alone are left out: the fewer there are, the fewer a search passes.
        var kept: [Int64] = []
        var keptOffsets = [offsets[0]]
        for (index, change) in changes.enumerated()
        where offsets[index + 1] != keptOffsets[keptOffsets.count - 1] {
            kept.append(change)
            keptOffsets.append(offsets[index + 1])
        }
        self.changes = kept
        self.offsets = keptOffsets
    }

    /// UTC itself, which needs no file.
    static let utc = Zone(name: "UTC", changes: [], offsets: [0], rule: nil)

    /// The stretch that an instant lies in, in seconds since 1970.
    ///
    /// Costs a search among some hundred changes at most, or the changes of three years by the rule.
    package func span(at instant: Int64) -> Span {
        if let rule, instant >= ruleStart { return rule.span(at: instant) }
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle] <= instant { low = middle + 1 } else { high = middle }
        }
        let end = low < changes.count ? changes[low] : rule == nil ? .max : ruleStart
        return Span(offset: Int64(offsets[low]), end: end)
    }
}

extension Zone: Equatable {
    /// Zones are the same when their names are: all are read from one folder.
    package static func == (left: Zone, right: Zone) -> Bool { left === right || left.name == right.name }
}
