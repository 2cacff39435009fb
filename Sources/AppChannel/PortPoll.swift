internal import Reactor

/// Tries an app's port every 100 ms until somebody listens there (contract, section 5.4).
///
/// On the loop only.
final class PortPoll: TimerTarget {
    /// From the end of one try to the next, in milliseconds; a try takes `Limits.probeTimeout` at most.
    static let pauseMilliseconds: UInt64 = 100

    private let address: SocketAddress
    private let client: HTTPClient
    private let timers: LoopTimers
    private let discovered: () -> Void
    private var probe: TCPProbe?
    private var pause: TimerToken?

    init(
        _ address: SocketAddress, client: HTTPClient, timers: LoopTimers, discovered: @escaping () -> Void
    ) {
        self.address = address
        self.client = client
        self.timers = timers
        self.discovered = discovered
    }

    /// Tries at once, and then again and again.
    func start() {
        probe = client.probe(address) { [self] isListening in
            probe = nil
            if isListening { discovered() } else { startAfterPause() }
        }
    }

    /// The same, a pause later: the port has just refused.
    func startAfterPause() {
        let deadline = timers.monotonicNow.advanced(byMilliseconds: Self.pauseMilliseconds)
        pause = timers.insert(.monotonic, at: deadline, for: self)
    }

    func timerFired(_ token: TimerToken) {
        pause = nil
        start()
    }

    /// Tries no more.
    func stop() {
        probe?.cancel()
        probe = nil
        if let pause { timers.remove(.monotonic, pause) }
        pause = nil
    }
}
