internal import Logging
package import Reactor

/// Brings a store back that has failed: drains the readers, has it reopened with back-off, then starts
/// reading anew.
///
/// Clients are refused meanwhile, what is in memory goes on, and results wait to be handed in again. On the loop only.
package final class StoreRecovery: TimerTarget {
    /// The pause before the first attempt, in milliseconds; it doubles with each that fails.
    package static let firstDelayMilliseconds: UInt64 = 50

    private let writer: StoreWriter
    private let reader: LaneReader
    private let timers: LoopTimers
    private let logger: Logger
    private let maximumDelay: UInt64
    private var delay = StoreRecovery.firstDelayMilliseconds
    private var token: TimerToken?
    private var isDraining = false
    /// The fault, while there is one.
    package private(set) var fault: StoreError?
    /// Called when a fault is seen, and again when the store answers.
    package var onChange: () -> Void = {}

    package init(writer: StoreWriter, reader: LaneReader, on loop: LoopParts) {
        self.writer = writer
        self.reader = reader
        timers = loop.timers
        logger = loop.logger
        maximumDelay = loop.limits.maximumReopenDelayMilliseconds
        writer.onReopened = { [unowned self] in reopened($0) }
        reader.onIdle = { [unowned self] in if isDraining { reopenAfterDelay() } }
    }

    /// The store has failed.
    ///
    /// Once for each fault; while one is being mended, more of it is no news.
    package func failed(_ error: StoreError) {
        guard fault == nil else { return }
        fault = error
        logger.error("the store has failed, and is opened again until it answers: \(error)")
        onChange()
        isDraining = true
        if reader.isIdle { reopenAfterDelay() }
    }

    /// The store has committed something: the next fault is a new one.
    package func worked() { delay = Self.firstDelayMilliseconds }

    /// Gives up mending, as the runtime stops.
    package func close() {
        if let token { timers.remove(.monotonic, token) }
        token = nil
        isDraining = false
        onChange = {}
    }

    package func timerFired(_ token: TimerToken) {
        guard token == self.token else { return }
        self.token = nil
        writer.reopen()
    }

    private func reopenAfterDelay() {
        isDraining = false
        token = timers.insert(.monotonic, at: timers.monotonicNow.advanced(byMilliseconds: delay), for: self)
        delay = min(delay * 2, maximumDelay)
    }

    private func reopened(_ error: StoreError?) {
        if let error {
            logger.error("the store cannot be opened yet: \(error)")
            return reopenAfterDelay()
        }
        logger.notice("the store answers again")
        fault = nil
        onChange()
    }
}
