internal import Glibc

/// Turns a loop with libuv, on a thread of its own.
package final class LibuvDriver: LoopDriver, @unchecked Sendable {
    // SAFETY: handles are made before the thread starts, then touched on it alone; `wake` is guarded by `waking`.
    package let clock: any LoopClock = SystemClock()
    package let loop: UVLoop
    private var turns: (any LoopTurns)?
    private weak var alarm: (any LoopAlarm)?
    private var timer: UVTimer?
    private var turn: UVTurn?
    private var clockWatch: WallClockWatch?
    private var async: UVAsync?
    private var thread: LoopThread?
    private let waking = Lock()
    private var isStopped = false
    private var isStopAsked = false

    package var sockets: UVLoop? { loop }

    package init() throws(ReactorError) {
        // A peer that has gone must be an error of a write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        loop = try UVLoop()
        async = try UVAsync(loop: loop) { [unowned self] in self.woken() }
        timer = try UVTimer(loop: loop)
        turn = UVTurn(loop: loop) { [unowned self] in self.turns?.endTurn() }
        clockWatch = try WallClockWatch(loop: loop) { [unowned self] in self.alarm?.wallClockStepped() }
    }

    package func attach(_ turns: any LoopTurns, _ alarm: any LoopAlarm) {
        self.turns = turns
        self.alarm = alarm
        timer?.alarm = alarm
    }

    /// Starts the thread; the loop is `executor`'s from then on.
    package func start(_ executor: LoopExecutor) {
        thread = LoopThread(named: "event-loop") { [self] in
            executor.adoptCurrentThread()
            loop.run()
            executor.endTurn()
            loop.close()
            executor.disownThread()
        }
    }

    /// Closes the driver's own handles, so that the loop ends with the last of the others, and waits for that.
    package func stop() {
        waking.withLock {
            guard !isStopped else { return }
            isStopAsked = true
            async?.send()
        }
        thread.take()?.join()
        // The executor holds its driver: without this the two would keep each other for ever.
        turns = nil
    }

    package func wake() {
        waking.withLock {
            if !isStopped { async?.send() }
        }
    }

    package func sleep(forMilliseconds milliseconds: UInt64?) {
        guard let milliseconds else {
            timer?.disarm()
            return
        }
        timer?.arm(afterMilliseconds: milliseconds)
    }

    package func makeWorker(named name: String, step: @escaping @Sendable () -> Void) -> any LoopWorker {
        WorkerThread(named: name, step: step)
    }

    private func woken() {
        if waking.withLock({ isStopAsked }) { closeHandles() }
    }

    private func closeHandles() {
        waking.withLock {
            isStopped = true
            async?.close()
            async = nil
        }
        timer?.close()
        turn?.close()
        clockWatch?.close()
        timer = nil
        turn = nil
        clockWatch = nil
    }
}
