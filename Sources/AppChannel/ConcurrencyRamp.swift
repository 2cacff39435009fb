package import Reactor

/// How many triggers an app gets at a time: few at first, and more as soon as that is what keeps jobs waiting.
///
/// A burst of ten thousand jobs to a quick app is served best by a few connections that are used again and again:
/// opening a thousand costs more than it brings. A slow app needs them. So the limit doubles whenever a whole interval
/// passed with every slot taken and fewer answers than slots; it falls back once the app is idle. On the loop only.
package final class ConcurrencyRamp: TimerTarget {
    /// Triggers at a time that every app gets.
    package static let first = 64
    /// How long the slots must stay taken before there are more, in milliseconds.
    package static let intervalMilliseconds: UInt64 = 10

    private let timers: LoopTimers
    private let maximum: Int
    private let onGrowth: () -> Void
    private var running = 0
    private var answers = 0
    private var interval: TimerToken?
    /// Triggers that the app may have now.
    package private(set) var slots: Int

    package init(maximum: Int, timers: LoopTimers, onGrowth: @escaping () -> Void) {
        self.maximum = maximum
        self.timers = timers
        self.onGrowth = onGrowth
        slots = min(Self.first, maximum)
    }

    /// A trigger is on its way.
    package func began() {
        running += 1
        if running == slots, slots < maximum, interval == nil { startInterval() }
    }

    /// A trigger has its outcome.
    package func ended() {
        running -= 1
        answers += 1
        if running == 0 { slots = min(Self.first, maximum) }
    }

    package func timerFired(_ token: TimerToken) {
        interval = nil
        guard running >= slots, slots < maximum else { return }
        let isSlow = answers < slots
        if isSlow { slots = min(slots * 2, maximum) }
        startInterval()
        if isSlow { onGrowth() }
    }

    /// Lets go of the timer.
    package func stop() {
        if let interval { timers.remove(.monotonic, interval) }
        interval = nil
    }

    private func startInterval() {
        answers = 0
        let end = timers.monotonicNow.advanced(byMilliseconds: Self.intervalMilliseconds)
        interval = timers.insert(.monotonic, at: end, for: self)
    }
}
