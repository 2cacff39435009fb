internal import Glibc
package import Reactor

/// The apps of one run: starts them, says what becomes of them, and ends them all.
///
/// An actor on the loop's own executor. The first SIGINT or SIGTERM asks for the stop; a second one ends the process at once,
/// and the keepers end the apps (`CKeeper`).
package actor AppGroup {
    /// Why a run is over.
    package enum Cause: Equatable, Sendable {
        /// By a signal, or by `askStop`.
        case asked
        /// The app that the run is for has ended.
        case ended(ChildEnding)
    }

    /// The exit status after a second signal, as a shell reports one that SIGINT ended.
    static let forcedStatus: Int32 = 130

    private nonisolated let executor: LoopExecutor
    private let console: AppConsole
    private let endsWithApp: Bool
    private let terminal = TerminalState()
    private var signals: ProcessSignals?
    private var apps: [RunningApp] = []
    private var cause: Cause?
    private var waitingForCause: CheckedContinuation<Cause, Never>?
    private var waitingForEnd: CheckedContinuation<Void, Never>?

    /// The loop's executor.
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// No apps yet; `endsWithApp` makes the end of an app that of the run.
    package init(on loop: EventLoop, console: AppConsole, endsWithApp: Bool) {
        executor = loop.executor
        self.console = console
        self.endsWithApp = endsWithApp
    }

    // MARK: The run's end

    /// Takes SIGINT and SIGTERM over from the system: before anything is started that would have to be ended.
    package func watchSignals() throws {
        guard signals == nil, let sockets = executor.driver.sockets else { return }
        // A terminal that goes away asks for the same, unless whoever started the run had it passed over (nohup).
        var hangUp = sigaction()
        unsafe sigaction(SIGHUP, nil, &hangUp)
        let isPassedOver =
            unsafe hangUp.__sigaction_handler.sa_handler.map { unsafe unsafeBitCast($0, to: Int.self) } == 1
        let numbers = isPassedOver ? [SIGINT, SIGTERM] : [SIGINT, SIGTERM, SIGHUP]
        signals = try ProcessSignals(on: sockets, numbers: numbers) { [unowned self] _ in
            assumeIsolated { $0.signalled() }
        }
    }

    private func signalled() {
        if cause == .asked {
            terminal.restore()
            _exit(Self.forcedStatus)
        }
        askStop()
    }

    /// Ends the run, as Ctrl-C does.
    package func askStop() {
        guard cause != .asked else { return }
        console.emptyLine()
        console.info("Received signal to stop Dapr and app processes. Shutting down Dapr and app processes.")
        end(.asked)
    }

    /// Whether the run is over, or ending.
    package var isOver: Bool { cause != nil }

    /// Waits until the run is over.
    package func untilOver() async -> Cause {
        if let cause { return cause }
        return await withCheckedContinuation { waitingForCause = $0 }
    }

    private func end(_ cause: Cause) {
        self.cause = cause
        waitingForCause?.resume(returning: cause)
        waitingForCause = nil
    }

    // MARK: Apps

    /// Starts an app and answers its number; `nil` when the run was over before it started.
    package func start(_ plan: AppPlan) async throws(AppStartError) -> Int32? {
        guard cause == nil, let sockets = executor.driver.sockets else { return nil }
        let index = apps.count
        let app = try RunningApp(plan, on: executor, sockets: sockets, owner: self) {
            [executor, unowned self] in
            executor.post { self.assumeIsolated { $0.resume(index) } }
        }
        apps.append(app)
        if let id = await app.started() { return id }
        if cause != nil { return nil }
        throw AppStartError(appID: plan.appID, reason: app.ending.map { "\($0)" } ?? "it never ran")
    }

    private func resume(_ index: Int) { apps[index].resume() }

    /// Ends all apps, and returns when nothing of them is left.
    ///
    /// SIGTERM goes to each group, in the order in which they were started, then SIGKILL to what is left after the grace.
    package func stop() async {
        for app in apps { app.terminate() }
        if !apps.allSatisfy(\.isGone) { await withCheckedContinuation { waitingForEnd = $0 } }
        terminal.restore()
    }

    /// Gives the signals back; the last thing before the loop ends.
    package func close() {
        signals?.close()
        signals = nil
    }
}

extension AppGroup: RunningAppOwner {
    nonisolated func appEnded(_ app: RunningApp, _ ending: ChildEnding) {
        let appID = app.appID
        assumeIsolated { $0.tell(appID, ending) }
    }

    nonisolated func appGone(_ app: RunningApp) {
        assumeIsolated { $0.oneIsGone() }
    }

    private func tell(_ appID: String, _ ending: ChildEnding) {
        // Who was asked to end, and did, has done well.
        if ending.isSuccess || cause == .asked && ending == .signal(SIGTERM) {
            console.success("Exited App successfully. App id: \"\(appID)\"")
        } else {
            console.failure("The App process exited with error code: \(ending). App id: \"\(appID)\"")
        }
        if endsWithApp, cause == nil { end(.ended(ending)) }
    }

    private func oneIsGone() {
        guard apps.allSatisfy(\.isGone) else { return }
        waitingForEnd?.resume()
        waitingForEnd = nil
    }
}
