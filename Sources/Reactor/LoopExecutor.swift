internal import Glibc
internal import Synchronization

/// The executor of one event loop: runs Swift's jobs on the loop's thread, and owns what every loop has.
///
/// # Order
/// What is enqueued on the loop runs at the end of the turn, without a wake-up; what other threads enqueue comes
/// through the inbox with one wake-up for as many as wait. After the jobs come the calls of `atTurnEnd`, then the timer
/// is armed, then the loop sleeps.
///
/// # Limits
/// At most `maximumRounds` rounds of jobs a turn: a flood of posts cannot keep the loop from its sockets.
package final class LoopExecutor: SerialExecutor, TaskExecutor, LoopTurns, @unchecked Sendable {
    // SAFETY: `inbox` and `owner` are safe from every thread; all else is touched on the loop's thread only.
    package static let maximumRounds = 64

    package let driver: any LoopDriver
    package let timers: LoopTimers
    private let inbox = LoopInbox()
    private let owner = Atomic<UInt>(0)
    private var local: [LoopInbox.Item] = []
    private var running: [LoopInbox.Item] = []
    private var turnEnds: [() -> Void] = []

    package init(driver: any LoopDriver) {
        self.driver = driver
        self.timers = LoopTimers(driver: driver)
        driver.attach(self, timers)
    }

    // MARK: Where we are

    /// Whether the caller is on the loop's thread.
    package var isOnLoop: Bool { owner.load(ordering: .relaxed) == UInt(pthread_self()) }

    /// Makes the calling thread the loop's; a driver calls it before its first turn.
    package func adoptCurrentThread() { owner.store(UInt(pthread_self()), ordering: .relaxed) }

    /// Makes the loop nobody's again, for a virtual driver between two pumps.
    package func disownThread() { owner.store(0, ordering: .relaxed) }

    package func checkIsolated() {
        precondition(isOnLoop, "this runs on its event loop only")
    }

    package func isIsolatingCurrentContext() -> Bool? { isOnLoop }

    // MARK: Work

    package func enqueue(_ job: consuming ExecutorJob) {
        add(.job(UnownedJob(job)))
    }

    /// Runs `call` on the loop, soon.
    ///
    /// Any thread.
    package func post(_ call: @escaping @Sendable () -> Void) { add(.call(call)) }

    /// Has `call` run at the end of each turn, before the loop sleeps.
    ///
    /// On the loop, while it is being built.
    package func atTurnEnd(_ call: @escaping () -> Void) { turnEnds.append(call) }

    private func add(_ item: LoopInbox.Item) {
        if isOnLoop {
            local.append(item)
        } else if inbox.push(item) {
            driver.wake()
        }
    }

    // MARK: Turns

    package func endTurn() {
        var rounds = 0
        while takeRound() {
            for item in running {
                switch item {
                case .job(let job):
                    unsafe job.runSynchronously(
                        isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
                case .call(let call): call()
                }
            }
            running.removeAll(keepingCapacity: true)
            rounds += 1
            if rounds == Self.maximumRounds {
                driver.wake()
                break
            }
        }
        for call in turnEnds { call() }
        if !local.isEmpty { driver.wake() }
        timers.arm()
    }

    /// What the loop's own jobs left, then what other threads want: neither can starve the other.
    private func takeRound() -> Bool {
        swap(&local, &running)
        inbox.take(into: &running)
        return !running.isEmpty
    }
}
