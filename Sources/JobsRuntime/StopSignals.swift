internal import Glibc
internal import Logging
internal import Reactor

/// SIGINT and SIGTERM: the first asks for an orderly stop, the second ends the process at once.
///
/// On the loop only.
final class StopSignals {
    /// The exit status after a second signal, as a shell reports one that SIGINT ended.
    static let forcedStatus: Int32 = 130

    private var signals: ProcessSignals?
    private var hasCome = false
    private var waiting: CheckedContinuation<Void, Never>?

    init(on loop: UVLoop, logger: Logger) throws(ReactorError) {
        signals = try ProcessSignals(on: loop, numbers: [SIGINT, SIGTERM]) { [unowned self] number in
            if hasCome { _exit(Self.forcedStatus) }
            hasCome = true
            logger.notice("signal \(number): stopping; once more ends the process at once")
            waiting?.resume()
            waiting = nil
        }
    }

    /// Asks for the same as the first signal; more often it changes nothing.
    func request() {
        hasCome = true
        waiting?.resume()
        waiting = nil
    }

    /// Waits for the first signal.
    func first(isolation: isolated (any Actor)? = #isolation) async {
        if hasCome { return }
        await withCheckedContinuation { waiting = $0 }
    }

    func close() {
        signals?.close()
        signals = nil
        waiting?.resume()
        waiting = nil
    }
}
