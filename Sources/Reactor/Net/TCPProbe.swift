/// Finds out whether somebody listens on a port: connects, and closes at once.
///
/// A probe keeps itself alive until it has its answer, which comes once and not before `start` returns.
package final class TCPProbe: TimerTarget {
    private let timers: LoopTimers
    private var transport: (any Transport)?
    private var timer: TimerToken?
    private var completion: ((Bool) -> Void)?

    package init(timers: LoopTimers) { self.timers = timers }

    /// Asks whether the port takes a connection within `timeout`.
    package func start(
        _ address: SocketAddress, dialer: any Dialer, timeout: Duration, completion: @escaping (Bool) -> Void
    ) {
        precondition(self.completion == nil, "a probe is started once")
        self.completion = completion
        var limit = timeout.millisecondsRoundedUp
        do {
            transport = try dialer.dial(address) { [self] error in finish(error == nil) }
        } catch {
            // No socket could be made, so nobody was reached; said a turn later, as every other answer is.
            limit = 0
        }
        timer = timers.insert(.monotonic, at: timers.monotonicNow.advanced(byMilliseconds: limit), for: self)
    }

    /// Gives up; the answer will not come.
    package func cancel() {
        completion = nil
        finish(false)
    }

    package func timerFired(_ token: TimerToken) {
        timer = nil
        finish(false)
    }

    private func finish(_ isListening: Bool) {
        if let timer { timers.remove(.monotonic, timer) }
        timer = nil
        transport?.close()
        transport = nil
        let completion = self.completion
        self.completion = nil
        completion?(isListening)
    }
}
