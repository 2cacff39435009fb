package import Reactor

/// What a `dueTime` or a `ttl` may be: an instant, or a distance from one (contract, sections 4.3 and 4.4).
package enum DueTime: Sendable, Equatable {
    /// In RFC 3339.
    case instant(WallTime)
    /// In Go's spelling; may be negative.
    case after(GoDuration)
    /// In ISO 8601's spelling, by UTC's calendar.
    case calendar(ISODuration)

    /// Reads a text, in the contract's order: RFC 3339, Go's durations, ISO 8601's.
    package init(_ text: String) throws(GrammarFault) {
        if let instant = RFC3339.instant(text) {
            self = .instant(instant)
        } else if let duration = try? GoDuration(text) {
            // Go's own sentence is dropped: the text may have been meant as any of the three.
            self = .after(duration)
        } else {
            self = .calendar(try Self.duration(text))
        }
    }

    /// The instant that it names, counted from `start` where it is a distance.
    ///
    /// One in the past is valid; one before the year 1 counts as the year's beginning.
    package func instant(from start: WallTime) -> WallTime {
        let instant =
            switch self {
            case .instant(let instant): instant
            case .after(let duration): start + duration.duration
            case .calendar(let duration): duration.instant(after: start)
            }
        return max(instant, Schedule.startOfTime)
    }

    /// An ISO 8601 duration; `R0/` may stand before it, and any other number of repeats is refused as what it is.
    private static func duration(_ text: String) throws(GrammarFault) -> ISODuration {
        var rest = text.utf8[...]
        if rest.first == UInt8(ascii: "R") {
            let count = rest.dropFirst().prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
            let after = rest[count.endIndex...]
            guard !count.isEmpty, after.first.map({ $0 == UInt8(ascii: "/") }) ?? true else {
                throw notRecognized
            }
            if count.contains(where: { $0 != UInt8(ascii: "0") }) {
                throw .invalid("repeats not supported for due time")
            }
            rest = after.dropFirst()
        }
        guard let duration = ISODuration(rest) else { throw notRecognized }
        return duration
    }

    private static let notRecognized = GrammarFault.invalid("due time format not recognized")
}
