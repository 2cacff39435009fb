internal import Reactor

/// `@every <duration>`: ticks at a fixed distance, each counted from the one before, so that they do not
/// drift.
package struct Every: Sendable, Equatable {
    /// What the spec begins with; the blank belongs to it.
    static let prefix = "@every "

    /// The distance, more than 0.
    package let interval: Duration

    /// Reads a spec that begins with `@every `.
    ///
    /// Dapr takes an interval of 0 or less and fires in a tight loop; here it is refused.
    package init(_ spec: String) throws(GrammarFault) {
        let length: GoDuration
        do {
            length = try GoDuration(String(Substring(spec.utf8.dropFirst(Self.prefix.utf8.count))))
        } catch {
            throw .invalid("failed to parse duration \(spec): \(error.message)")
        }
        guard length.nanoseconds > 0 else { throw .invalid("interval of \(spec) must be greater than 0") }
        interval = length.duration
    }

    /// The tick after the given one.
    func next(after tick: WallTime) -> WallTime { tick + interval }
}
