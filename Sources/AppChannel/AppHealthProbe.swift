internal import Reactor

/// Asks an app whether it is well, at an interval, from the moment it listens.
///
/// On the loop only. The first question is asked at once; Dapr waits an interval with it. There is one question at a
/// time, also over a stop and a new begin: the channel keeps one connection for it.
final class AppHealthProbe: TimerTarget {
    private let check: AppHealthCheck
    private let request: HTTPClientRequest
    private let pool: HTTPClientPool
    private let timers: LoopTimers
    private let changed: () -> Void
    private var machine: AppHealthMachine
    private var next: TimerToken?
    private var isAsking = false
    private var isDue = false
    /// Counts starts, so that an answer from before is known.
    private var start = 0

    init(
        _ check: AppHealthCheck, fields: [UInt8], pool: HTTPClientPool, timers: LoopTimers,
        changed: @escaping () -> Void
    ) {
        self.check = check
        self.pool = pool
        self.timers = timers
        self.changed = changed
        machine = AppHealthMachine(threshold: check.threshold)
        request = HTTPClientRequest(
            method: "GET", target: check.target, fields: fields, timeout: check.timeout)
    }

    /// Whether the app counts as healthy.
    var isHealthy: Bool { machine.isHealthy }

    /// Begins to ask; the app is unhealthy until it has answered.
    func begin() {
        stop()
        askOrWait()
    }

    /// Asks no more; what answers later is not heard.
    func stop() {
        start += 1
        isDue = false
        if let next { timers.remove(.monotonic, next) }
        next = nil
        machine.reset()
    }

    func timerFired(_ token: TimerToken) {
        next = nil
        askOrWait()
    }

    /// With a timeout as long as the interval the last answer may be a moment away; so it may be after a new begin.
    private func askOrWait() {
        if isAsking { isDue = true } else { ask() }
    }

    private func ask() {
        isDue = false
        next = timers.insert(
            .monotonic,
            at: timers.monotonicNow.advanced(byMilliseconds: check.interval.millisecondsRoundedUp),
            for: self)
        guard pool.freeSlots > 0 else { return }
        isAsking = true
        let number = start
        pool.send(request) { [self] result in
            isAsking = false
            if number == start { take(result) }
            if isDue { ask() }
        }
    }

    private func take(_ result: HTTPClientResult) {
        let hasChanged =
            if case .response(status: 200..<300) = result { machine.succeeded() } else { machine.failed() }
        if hasChanged { changed() }
    }
}
