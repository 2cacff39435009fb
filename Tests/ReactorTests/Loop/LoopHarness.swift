internal import Reactor

/// A loop on a virtual driver, and the log that what runs on it writes to.
final class LoopHarness: @unchecked Sendable {
    // SAFETY: a test pumps it on one thread, and what runs on the loop runs there.
    static let start = WallTime(seconds: 1_795_500_000)

    let driver: VirtualDriver
    let executor: LoopExecutor
    private(set) var log: [String] = []
    private var targets: [CallingTarget] = []

    var timers: LoopTimers { executor.timers }

    init(seed: UInt64 = 1) {
        driver = VirtualDriver(startingAt: Self.start, seed: seed)
        executor = LoopExecutor(driver: driver)
    }

    func note(_ line: String) { log.append(line) }

    /// Inserts a timer that is due `milliseconds` from now on its clock; negative for one whose time has passed.
    @discardableResult
    func insert(_ kind: LoopTimers.Kind, in milliseconds: Int64, _ body: @escaping () -> Void) -> TimerToken {
        let now = kind == .wall ? timers.wallNow.currentTick : timers.monotonicNow
        let target = CallingTarget(body)
        targets.append(target)
        let deadline = Tick(milliseconds: UInt64(Int64(now.milliseconds) + milliseconds))
        return timers.insert(kind, at: deadline, for: target)
    }

    /// Inserts a timer that writes `line` to the log.
    @discardableResult
    func insert(_ kind: LoopTimers.Kind, in milliseconds: Int64, noting line: String) -> TimerToken {
        insert(kind, in: milliseconds) { [unowned self] in note(line) }
    }
}

/// Calls a closure for each timer that is due.
final class CallingTarget: TimerTarget {
    private let body: () -> Void

    init(_ body: @escaping () -> Void) { self.body = body }

    func timerFired(_ token: TimerToken) { body() }
}

/// A driver that never turns, and keeps what it is asked to sleep for.
final class RecordingDriver: LoopDriver, @unchecked Sendable {
    // SAFETY: a test uses it on one thread.
    let virtualClock = VirtualClock(wall: LoopHarness.start)
    private(set) var sleeps: [UInt64?] = []

    var clock: any LoopClock { virtualClock }

    var sockets: UVLoop? { nil }

    func attach(_ turns: any LoopTurns, _ alarm: any LoopAlarm) {}

    func wake() {}

    func sleep(forMilliseconds milliseconds: UInt64?) { sleeps.append(milliseconds) }

    func makeWorker(named name: String, step: @escaping @Sendable () -> Void) -> any LoopWorker {
        WorkerThread(named: name, step: step)
    }
}
