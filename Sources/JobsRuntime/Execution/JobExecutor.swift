internal import Logging
internal import Reactor

/// The pipeline of a trigger: due, route, slot, handler, outcome, next step, store, and due again.
///
/// On the loop only. A crash anywhere on this way repeats the trigger at the next start, since the due key goes only with
/// the commit of the result.
package final class JobExecutor: DueJobReceiver {
    /// A prefix and where its triggers go.
    private final class Route {
        let id: RouteID
        let prefix: String
        let receiver: any TriggerReceiver
        let lateness: TurnHistogram?
        var ready = ReadyQueue()
        var running = 0
        var isDispatching = false
        /// What its receiver last said of itself.
        var wasAccepting = false
        /// Since when its receiver takes triggers; what was due before is late for a reason.
        var ableSince: WallTime

        init(
            id: RouteID, prefix: String, receiver: any TriggerReceiver, lateness: TurnHistogram?,
            now: WallTime
        ) {
            self.id = id
            self.prefix = prefix
            self.receiver = receiver
            self.lateness = lateness
            ableSince = now
        }
    }

    private struct Run {
        let job: PendingJob
        let route: Route
        let began: WallTime
    }

    /// How many jobs without a route are named in the log one by one.
    package static let unroutedJobsNamed = 100
    /// How many of them are remembered by their generation, so that each is counted and named once though its key is
    /// read again; past it they are no longer counted.
    package static let unroutedJobsKnown = 10_000
    /// How many of the runs that a stop gives up are named in the log.
    package static let abandonedRunsNamed = 10
    /// The keys that no route could take are passed by this one.
    private static let noRoute = RouteID(number: -1)

    private let lane: Lane
    private let store: JobStore
    private let writer: StoreWriter
    private let timers: LoopTimers
    private let limits: JobLimits
    private let logger: Logger
    private let metrics: TriggerMetrics?
    private var table = RouteTable()
    private var routes: [Route] = []
    private var firstRoute = 0
    private var runs = RunTable<Run>()
    private var unroutedJobs: Set<UInt64> = []
    /// Results that were handed to the store and are not committed yet.
    private var unsettled = 0
    /// Results that a fault of the store sent back, to be handed in again.
    private var sentBack: [(job: PendingJob, progress: ProgressRecord?)] = []
    private var isStopping = false
    /// Told of each outcome, while somebody watches.
    package var onFired: ((FiredTick) -> Void)?
    /// Called when the last run has ended, while stopping.
    package var onDrained: () -> Void = {}

    package init(lane: Lane, store: JobStore, writer: StoreWriter, on loop: LoopParts) {
        self.lane = lane
        self.store = store
        self.writer = writer
        timers = loop.timers
        limits = loop.limits
        logger = loop.logger
        metrics = loop.metrics?.triggers
        lane.receiver = self
    }

    /// Receivers that could not be reached yet, by name.
    package var notReady: [String] { routes.filter { !$0.receiver.wasReached }.map(\.receiver.name) }

    /// Gives a prefix its receiver; answers the name of the one that has it already, and then changes
    /// nothing.
    package func add(prefix: String, receiver: any TriggerReceiver) -> String? {
        let id = RouteID(number: routes.count)
        if let taken = table.insert(Array(prefix.utf8), id) { return routes[taken.number].receiver.name }
        routes.append(
            Route(
                id: id, prefix: prefix, receiver: receiver, lateness: metrics?.lateness(ofRoute: prefix),
                now: timers.wallNow))
        for route in routes { route.ready.share(limits, among: routes.count) }
        receiver.attach(
            finish: { [unowned self] in finished($0, $1) },
            changed: { [unowned self] in if !routes.isEmpty { receiverChanged(routes[id.number]) } })
        lane.recall(Self.noRoute)
        // Jobs that a shorter prefix could not take may be this one's.
        for other in routes where other.id != id { lane.recall(other.id) }
        return nil
    }

    // MARK: Due, route, slot

    /// The wheel has turned to a job's time.
    package func fellDue(_ job: PendingJob) {
        if isStopping { return lane.pass(job, by: Self.noRoute) }
        guard let id = table.route(for: job.name) else { return passUnrouted(job) }
        let route = routes[id.number]
        // What the route has passed comes first, or the jobs in memory would take all turns between them.
        guard route.receiver.isAccepting, !route.ready.isFull, !lane.passed.hasAny(before: job.dueKey, by: id)
        else { return lane.pass(job, by: id) }
        route.ready.append(job)
        dispatch(route)
    }

    private func passUnrouted(_ job: PendingJob) {
        if unroutedJobs.count < Self.unroutedJobsKnown, unroutedJobs.insert(job.generation).inserted {
            if unroutedJobs.count <= Self.unroutedJobsNamed {
                logger.warning(
                    "no route and no app for job \(job.nameForLog): it is kept, and fires when a route for it appears"
                )
            }
        }
        lane.pass(job, by: Self.noRoute)
    }

    private func dispatch(_ route: Route) {
        // A receiver may answer within `deliver`, and the outer call goes on then: a long queue is no deep stack.
        guard !route.isDispatching else { return }
        route.isDispatching = true
        while !isStopping, unsettled < limits.maximumUnsettledResults, route.receiver.isAccepting,
            route.running < route.receiver.slots, let job = route.ready.next()
        {
            begin(job, route)
        }
        route.isDispatching = false
        if route.ready.isHalfEmpty, route.receiver.isAccepting { lane.recall(route.id) }
    }

    /// Goes on once the store has caught up; with another route first each time, so that none takes all the
    /// room.
    private func dispatchAll() {
        firstRoute += 1
        for index in routes.indices { dispatch(routes[(firstRoute + index) % routes.count]) }
    }

    private func receiverChanged(_ route: Route) {
        guard !route.receiver.isAccepting else {
            if !route.wasAccepting { route.ableSince = timers.wallNow }
            route.wasAccepting = true
            return dispatch(route)
        }
        route.wasAccepting = false
        for job in route.ready.takeAll() { lane.pass(job, by: route.id) }
    }

    // MARK: Handler

    private func begin(_ job: PendingJob, _ route: Route) {
        lane.began(job)
        route.running += 1
        let now = timers.wallNow
        let ticket = runs.insert(Run(job: job, route: route, began: now))
        let attempt = job.progress.attempts.nextAttempt
        let trigger = JobTrigger(
            name: job.name, data: job.spec.data,
            runID: RunID(store: job.spec.storeID, generation: job.generation, tick: job.progress.count + 1),
            plannedTime: job.progress.planned, lateness: now - job.progress.planned,
            attempt: Int(attempt),
            isLastAttempt: !job.spec.failurePolicy.allowsRetry(after: attempt))
        route.receiver.deliver(trigger, ticket)
    }

    // MARK: Outcome and next step

    /// Takes the outcome of a run.
    ///
    /// One that was abandoned, or has reported before, is ignored.
    package func finished(_ ticket: RunTicket, _ outcome: TriggerOutcome) {
        guard let run = runs.remove(ticket) else { return }
        let job = run.job
        let now = timers.wallNow
        run.route.running -= 1
        let standing = TickStanding(
            planned: job.progress.planned, attempts: job.progress.attempts,
            following: job.spec.plan.next(after: job.progress.planned, spent: job.progress.count + 1))
        let step = standing.step(after: outcome, policy: job.spec.failurePolicy, now: now)
        onFired?(FiredTick(job, began: run.began, outcome, step))
        measure(run, outcome, now)
        note(outcome, of: job, step)
        if step == .hold {
            hold(job, run.route)
        } else {
            settle(job, job.progress.following(step, now: now), now: now)
        }
        dispatch(run.route)
        if isStopping, runs.isEmpty { onDrained() }
    }

    /// A tick's lateness counts once: at its first attempt that was not held.
    private func measure(_ run: Run, _ outcome: TriggerOutcome, _ now: WallTime) {
        guard let metrics else { return }
        metrics.ended(outcome, afterMilliseconds: now.seconds(since: run.began) * 1000)
        if outcome != .undeliverable, !run.job.isRetry {
            run.route.lateness?.record(run.began.seconds(since: run.job.progress.planned))
        }
    }

    private func hold(_ job: PendingJob, _ route: Route) {
        lane.hold(job, forMilliseconds: limits.undeliverableRetryMilliseconds)
        if !route.receiver.isAccepting { lane.pass(job, by: route.id) }
    }

    /// What a due job that is not in memory waits for.
    package func standing(ofDue name: [UInt8]) -> JobStanding {
        guard let id = table.route(for: name) else { return .unrouted }
        return routes[id.number].receiver.isAccepting ? .ready : .held
    }

    // MARK: Store

    /// Hands a result to the store: where the job stands now, or `nil` for one that has no further tick.
    private func settle(_ job: PendingJob, _ progress: ProgressRecord?, now: WallTime) {
        job.move(to: .settling)
        unsettled += 1
        guard let progress else {
            return store.finish(job, in: writer.groupForResult()) { [unowned self] in settled(job, nil, $0) }
        }
        let group = writer.groupForResult(isUrgent: progress.due <= now)
        store.advance(job, to: progress, in: group) { [unowned self] in settled(job, progress, $0) }
    }

    private func settled(_ job: PendingJob, _ progress: ProgressRecord?, _ result: CommitResult) {
        unsettled -= 1
        switch result {
        case .applied:
            if let progress { lane.advanced(job, to: progress) } else { lane.ended(job) }
        case .refused:
            lane.outdated(job, progress)
        case .notStored, .notKnown:
            sentBack.append((job, progress))
            unsettled += 1
            return
        }
        if unsettled == limits.maximumUnsettledResults - 1 { dispatchAll() }
    }

    /// Hands in again what a fault of the store sent back, once it answers again.
    package func settleAgain() {
        let again = sentBack
        sentBack = []
        unsettled -= again.count
        for (job, progress) in again { settle(job, progress, now: timers.wallNow) }
    }

    /// Empties the ready queues: the store is read anew, and brings back what is due.
    package func forgetReady() {
        for route in routes {
            _ = route.ready.takeAll()
            route.ableSince = timers.wallNow
        }
    }

    // MARK: Stop

    /// Begins no further run; `onDrained` is called when the last one has ended.
    package func stopDispatching() {
        isStopping = true
        if runs.isEmpty { onDrained() }
    }

    /// Gives up on what still runs; it is repeated at the next start.
    package func abandonRuns() {
        isStopping = true
        let abandoned = runs.removeAll()
        if !abandoned.isEmpty {
            let names = abandoned.prefix(Self.abandonedRunsNamed).map(\.job.nameForLog)
            logger.warning(
                """
                \(abandoned.count) runs have not ended within the drain limit and repeat at the next start: \
                \(names.joined(separator: ", "))
                """)
        }
        for route in routes { route.receiver.stop() }
        routes = []
        table = RouteTable()
    }

    /// Lets go of what still waits for the store: a job and its executor would keep each other for ever.
    package func close() {
        abandonRuns()
        onDrained = {}
        sentBack = []
    }

    // MARK: Figures

    /// How each route stands, and what is settled for all; walks the ready queues and the window.
    package func addFigures(to figures: inout JobFigures) {
        let now = timers.wallNow
        for route in routes {
            let passed = lane.passed.count(by: route.id)
            let isAccepting = route.receiver.isAccepting
            var standing = RouteFigures(
                prefix: route.prefix, isAccepting: isAccepting, running: route.running)
            standing.hasFreeSlot = route.running < route.receiver.slots
            standing.count(route.ready, ableSince: route.ableSince, now: now)
            if isAccepting { standing.backlog += passed } else { standing.held = passed }
            figures.retrying += standing.retrying
            figures.routes.append(standing)
        }
        figures.retrying += lane.retryingCount
        figures.unrouted = lane.passed.count(by: Self.noRoute)
        figures.unreadable = lane.passed.count(by: .unreadable)
        figures.unsettled = unsettled
    }

    // MARK: Log

    private func note(_ outcome: TriggerOutcome, of job: PendingJob, _ step: NextStep) {
        switch outcome {
        case .succeeded, .snoozed, .undeliverable: break
        case .cancelled(let reason):
            logger.info("job \(job.nameForLog) was cancelled by its handler: \(reason)")
        case .failed(let reason):
            let attempt = job.progress.attempts.nextAttempt
            if case .retry = step {
                logger.warning("job \(job.nameForLog) failed, attempt \(attempt): \(reason)")
            } else {
                metrics?.gaveUp()
                logger.error(
                    "job \(job.nameForLog) failed at its last attempt, \(attempt); the tick is given up: \(reason)"
                )
            }
        }
    }
}
