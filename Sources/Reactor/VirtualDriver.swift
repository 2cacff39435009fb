/// Turns a loop on the caller's thread, on a clock that the caller moves: no sockets, no threads, one seed.
///
/// Workers are not threads here: each signalled one runs its step between two turns, in an order that the seed decides,
/// so that a run can be repeated to the letter.
package final class VirtualDriver: LoopDriver, @unchecked Sendable {
    // SAFETY: one thread pumps; `wake`, which other threads may call, is guarded by `waking`.
    private final class Worker: LoopWorker, @unchecked Sendable {
        // SAFETY: signalled and run on the pumping thread.
        let step: @Sendable () -> Void
        var isSignalled = false
        var isPaused = false

        init(step: @escaping @Sendable () -> Void) { self.step = step }

        func signal() { isSignalled = true }

        func stop() {
            if isSignalled { run() }
        }

        func run() {
            isSignalled = false
            step()
        }
    }

    package let virtualClock: VirtualClock
    private weak var turns: (any LoopTurns)?
    private weak var alarm: (any LoopAlarm)?
    private weak var executor: LoopExecutor?
    private var workers: [(name: String, worker: Worker)] = []
    private var deadline: Tick?
    private let waking = Lock()
    private var isWakeAsked = false
    private var randomState: UInt64

    package var clock: any LoopClock { virtualClock }

    package var sockets: UVLoop? { nil }

    /// Until when the loop sleeps; `nil` for ever.
    package var nextDeadline: Tick? { deadline }

    /// A driver whose workers run in an order drawn from `seed`.
    package init(startingAt wall: WallTime, seed: UInt64) {
        virtualClock = VirtualClock(wall: wall)
        randomState = seed
    }

    package func attach(_ turns: any LoopTurns, _ alarm: any LoopAlarm) {
        self.turns = turns
        self.alarm = alarm
        executor = turns as? LoopExecutor
    }

    package func wake() { waking.withLock { isWakeAsked = true } }

    package func sleep(forMilliseconds milliseconds: UInt64?) {
        deadline = milliseconds.map { virtualClock.monotonicNow.advanced(byMilliseconds: $0) }
    }

    package func makeWorker(named name: String, step: @escaping @Sendable () -> Void) -> any LoopWorker {
        let worker = Worker(step: step)
        workers.append((name, worker))
        return worker
    }

    // MARK: Pumping

    /// Runs `body` on the loop and then all that follows from it, without letting time pass.
    package func onLoop<Result>(_ body: () throws -> Result) rethrows -> Result {
        executor?.adoptCurrentThread()
        defer {
            settle()
            executor?.disownThread()
        }
        return try body()
    }

    /// Lets `milliseconds` pass, stopping at every deadline on the way.
    package func advance(milliseconds: UInt64) {
        executor?.adoptCurrentThread()
        defer { executor?.disownThread() }
        settle()
        let end = virtualClock.monotonicNow.advanced(byMilliseconds: milliseconds)
        while let next = deadline, next <= end {
            pass(until: next)
            alarm?.timerDue()
            settle()
        }
        pass(until: end)
        settle()
    }

    /// Steps the wall clock, as a person who sets it does.
    package func stepWallClock(to time: WallTime) {
        executor?.adoptCurrentThread()
        defer { executor?.disownThread() }
        virtualClock.setWall(time)
        alarm?.wallClockStepped()
        settle()
    }

    /// Keeps the worker of this name from running, so that a test can look at what waits for it; or lets it run again.
    package func setWorker(_ name: String, isPaused: Bool) {
        for entry in workers where entry.name == name { entry.worker.isPaused = isPaused }
        if !isPaused { onLoop {} }
    }

    private func pass(until end: Tick) {
        let now = virtualClock.monotonicNow
        if end > now { virtualClock.pass(milliseconds: end.milliseconds - now.milliseconds) }
    }

    /// Turns until nothing is left to do at this instant.
    private func settle() {
        while true {
            waking.withLock { isWakeAsked = false }
            turns?.endTurn()
            if let next = deadline, next <= virtualClock.monotonicNow {
                deadline = nil
                alarm?.timerDue()
                continue
            }
            let runnable = workers.filter { $0.worker.isSignalled && !$0.worker.isPaused }
            if !runnable.isEmpty {
                runnable[Int(random() % UInt64(runnable.count))].worker.run()
            } else if !waking.withLock({ isWakeAsked }) {
                return
            }
        }
    }

    /// SplitMix64: small, seeded, and the same on every machine.
    private func random() -> UInt64 {
        randomState &+= 0x9E37_79B9_7F4A_7C15
        var mixed = randomState
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
