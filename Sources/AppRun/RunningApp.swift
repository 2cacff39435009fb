internal import Glibc
internal import Reactor

/// One app between its start and the moment when nothing of it is left.
///
/// On the loop only.
final class RunningApp: ChildProcessDelegate {
    let appID: String
    let onRoom: @Sendable () -> Void
    private let owner: any RunningAppOwner
    private var child: ChildProcess?
    private(set) var ending: ChildEnding?
    private(set) var isGone = false
    private var starting: CheckedContinuation<Int32?, Never>?

    init(
        _ plan: AppPlan, on executor: LoopExecutor, sockets: UVLoop, owner: any RunningAppOwner,
        onRoom: @escaping @Sendable () -> Void
    ) throws(AppStartError) {
        appID = plan.appID
        self.owner = owner
        self.onRoom = onRoom
        var options = ChildProcess.Options(
            command: plan.words, folder: plan.folder, environment: plan.environment,
            output: plan.log.map { .lines($0) } ?? .inherited)
        // An app in a session of its own would take the keys that somebody types for the shell.
        options.inheritsInput = plan.log == nil && (isatty(STDIN_FILENO) == 0 || TerminalState.isOurs)
        options.keeper = plan.keeper
        do {
            child = try ChildProcess(options, loop: sockets, timers: executor.timers, delegate: self)
        } catch {
            throw AppStartError(appID: appID, reason: "\(error)")
        }
    }

    /// The app's number once it runs; `nil` if it never will.
    func started(isolation: isolated (any Actor)? = #isolation) async -> Int32? {
        if ending != nil { return nil }
        return await withCheckedContinuation { starting = $0 }
    }

    func terminate() { child?.terminate() }
    func resume() { child?.resume() }

    // MARK: ChildProcessDelegate

    func childStarted(_ child: ChildProcess, id: Int32) { tellStart(id) }

    func childEnded(_ child: ChildProcess, _ ending: ChildEnding) {
        self.ending = ending
        let isStarted = starting == nil
        tellStart(nil)
        if isStarted { owner.appEnded(self, ending) }
    }

    func childGone(_ child: ChildProcess) {
        isGone = true
        self.child = nil
        owner.appGone(self)
    }

    private func tellStart(_ id: Int32?) {
        starting?.resume(returning: id)
        starting = nil
    }
}

/// Whom an app tells of its end, on the loop.
protocol RunningAppOwner: AnyObject {
    /// The app has ended, after it had started.
    func appEnded(_ app: RunningApp, _ ending: ChildEnding)

    /// Nothing of it is left.
    func appGone(_ app: RunningApp)
}
