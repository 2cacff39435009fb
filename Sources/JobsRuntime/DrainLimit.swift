internal import Reactor

/// One bound in time over several steps of a stop, on the monotonic clock.
///
/// On the loop only.
final class DrainLimit: TimerTarget {
    private let timers: LoopTimers
    private var token: TimerToken?
    private var isOver = false
    private var waiting: CheckedContinuation<Void, Never>?

    init(timers: LoopTimers, milliseconds: UInt64) {
        self.timers = timers
        token = timers.insert(
            .monotonic, at: timers.monotonicNow.advanced(byMilliseconds: milliseconds), for: self)
    }

    /// Begins a step and waits until it calls back or the time is over, whichever comes first.
    func wait(
        isolation: isolated (any Actor)? = #isolation, _ begin: (_ done: @escaping () -> Void) -> Void
    ) async {
        if isOver { return }
        await withCheckedContinuation { continuation in
            waiting = continuation
            begin { [self] in resume() }
        }
    }

    func timerFired(_ token: TimerToken) {
        self.token = nil
        isOver = true
        resume()
    }

    func close() {
        if let token { timers.remove(.monotonic, token) }
        token = nil
    }

    private func resume() {
        waiting?.resume()
        waiting = nil
    }
}

/// Waits for the last connection of a server that stops, which has a limit of its own.
///
/// On the loop only.
final class ClosingDoor {
    private var isClosed = false
    private var waiting: CheckedContinuation<Void, Never>?

    func closed() {
        isClosed = true
        waiting?.resume()
        waiting = nil
    }

    func wait(isolation: isolated (any Actor)? = #isolation) async {
        if isClosed { return }
        await withCheckedContinuation { waiting = $0 }
    }
}
