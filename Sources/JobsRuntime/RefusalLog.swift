package import Logging
package import Reactor

/// Says in the log that connections are refused for want of room: at once, and then once an interval.
///
/// A line for each would let whoever opens connections fill the log too. On the loop only.
package final class RefusalLog {
    /// From one line to the next, in milliseconds.
    package static let intervalMilliseconds: UInt64 = 10_000

    private let limit: Int
    private let logger: Logger
    private var silentUntil = Tick(milliseconds: 0)
    private var count = 0

    package init(limit: Int, logger: Logger) {
        self.limit = limit
        self.logger = logger
    }

    /// One more was refused.
    package func refused(at now: Tick) {
        count += 1
        guard now >= silentUntil else { return }
        logger.warning(
            "connections refused: \(count) since the last such line, as \(limit) are open, which is the limit"
        )
        count = 0
        silentUntil = now.advanced(byMilliseconds: Self.intervalMilliseconds)
    }
}
