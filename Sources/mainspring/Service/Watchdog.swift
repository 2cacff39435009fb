internal import Reactor

/// Gives a service manager signs of life from the loop, twice as often as it asks for them: a loop that is stuck gives none.
///
/// On the loop only; lives as long as the loop.
final class Watchdog: TimerTarget {
    private let manager: any ServiceManager
    private let timers: LoopTimers
    private let milliseconds: UInt64

    private init(_ manager: any ServiceManager, _ timers: LoopTimers, milliseconds: UInt64) {
        self.manager = manager
        self.timers = timers
        self.milliseconds = milliseconds
    }

    /// Begins to feed from a loop, if the manager wants that.
    ///
    /// Any thread.
    static func start(for manager: any ServiceManager, on executor: LoopExecutor) {
        guard let patience = manager.patience else { return }
        let half = UInt64(max(1, patience / .milliseconds(2)))
        executor.post {
            Watchdog(manager, executor.timers, milliseconds: half).feed()
        }
    }

    func timerFired(_ token: TimerToken) { feed() }

    private func feed() {
        manager.feed()
        _ = timers.insert(
            .monotonic, at: timers.monotonicNow.advanced(byMilliseconds: milliseconds), for: self)
    }
}
