package import CoreMetrics
package import JobsRuntime
internal import Logging
package import Reactor

/// An app's jobs on a virtual clock and a store in memory, driven by a test on its own thread: years in
/// milliseconds.
package final class JobsHarness {
    /// 2026-11-24T12:00:00Z.
    package static let start = WallTime(seconds: 1_795_521_600)

    package let driver: VirtualDriver
    package let store: MemoryStore
    package let app: AppIdentity
    package let limits: JobLimits
    /// Keeps the loop alive; a crash replaces it.
    private let loop: EventLoop
    private let shared: RuntimeStore
    private let parts: AppJobs.Parts
    private let runs: HarnessRuns
    package let jobs: AppJobs
    /// What is built on the loop beside the jobs.
    package let loopParts: LoopParts
    /// The runtime's metrics, where a backend was given.
    package let metrics: JobMetrics?
    private let hostMetrics: HostMetrics?

    /// Jobs on `store`, which another harness may have left behind.
    package init(
        store: MemoryStore = MemoryStore(), seed: UInt64 = 1, at time: WallTime = JobsHarness.start,
        limits: JobLimits = JobLimits(), app: AppIdentity = AppIdentity(appID: "garage"),
        log: LogRecorder? = nil, metrics factory: (any MetricsFactory)? = nil
    ) throws {
        self.app = app
        metrics = factory.flatMap { JobMetrics($0, of: app) }
        self.store = store
        self.limits = limits
        driver = VirtualDriver(startingAt: time, seed: seed)
        loop = EventLoop(driver: driver)
        var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        if let log { logger = log.logger }
        hostMetrics = factory.flatMap { HostMetrics($0) }
        hostMetrics?.watch(loop.executor)
        let loopParts = LoopParts(
            executor: loop.executor, limits: limits, logger: logger, metrics: metrics,
            hostMetrics: hostMetrics)
        self.loopParts = loopParts
        shared = try RuntimeStore(store, newStoreID: 7, on: loopParts)
        let parts = try AppJobs.Parts(app: app, store: shared, on: loopParts)
        self.parts = parts
        jobs = AppJobs(parts)
        runs = HarnessRuns(parts.executor)
    }

    /// Jobs that all go to one receiver, begun.
    package static func recording(
        on store: MemoryStore = MemoryStore(), at time: WallTime = JobsHarness.start
    ) throws -> (JobsHarness, RecordingReceiver) {
        let harness = try JobsHarness(store: store, at: time)
        let receiver = RecordingReceiver(harness)
        harness.route("", to: receiver)
        harness.begin()
        return (harness, receiver)
    }

    package var now: WallTime { driver.virtualClock.wallNow }

    /// The loop's wheels, for what a test puts on the same loop.
    package var timers: LoopTimers { loop.executor.timers }

    /// Jobs in memory that have not begun to run.
    package var windowCount: Int { parts.lane.windowCount }

    /// Begins to read and fire.
    package func begin() { driver.onLoop { jobs.start() } }

    /// Gives a prefix a receiver.
    package func route(_ prefix: String, to receiver: any TriggerReceiver) {
        driver.onLoop { _ = jobs.executor.add(prefix: prefix, receiver: receiver) }
    }

    /// Lets time pass.
    package func advance(milliseconds: UInt64) { driver.advance(milliseconds: milliseconds) }

    /// Schedules a job as `POST` with this body would; answers what became of it, or `nil` while that is
    /// open.
    package func schedule(_ name: String, _ body: String) throws -> AppJobs.ScheduleResult? {
        var result: AppJobs.ScheduleResult?
        try schedule(name, body) { result = $0 }
        return result
    }

    /// Schedules a job, and calls `answer` when it is known what became of it.
    package func schedule(
        _ name: String, _ body: String, _ answer: @escaping (AppJobs.ScheduleResult) -> Void
    ) throws {
        let draft = try draft(name, body)
        driver.onLoop { jobs.schedule(draft, answer) }
    }

    /// What a `POST` with this body asks for.
    package func draft(_ name: String, _ body: String) throws -> JobDraft {
        var bytes = Array(body.utf8)
        let count = bytes.count
        bytes.append(contentsOf: [UInt8](repeating: 0, count: 64))
        return try unsafe bytes.withUnsafeBytes { buffer in
            try unsafe JobPayloads(app: app).decode(
                UnsafeRawBufferPointer(rebasing: buffer[..<count]), name: Array(name.utf8), acceptedAt: now)
        }
    }

    /// Ends the process as a crash does: nothing more is committed, read or fired.
    ///
    /// The store is left to the next one.
    package func crash() {
        driver.setWorker("store-writer", isPaused: true)
        driver.setWorker("store-reader", isPaused: true)
    }

    /// The keys of a store without jobs: format, id, reserved generations; the mark too, where it was
    /// written.
    package var emptyStoreKeys: Int { 3 }

    /// Gives a prefix a Swift handler, whose runs are tasks on the virtual loop.
    package func route(_ prefix: String, toHandler handler: any JobHandler) {
        let services = LoopServices(executor: loop.executor, sockets: nil, runs: runs)
        route(prefix, to: HandlerReceiver(name: "handler", handler: handler, services: services, limit: 16))
    }

    /// Deletes a job.
    package func delete(_ name: String) -> AppJobs.DeleteResult? {
        var result: AppJobs.DeleteResult?
        driver.onLoop { jobs.delete(Array(name.utf8)) { result = $0 } }
        return result
    }

    /// Brings gauges up to date.
    package func refreshMetrics() {
        driver.onLoop {
            metrics?.refresh(jobs.figures, server: nil)
            hostMetrics?.refresh([jobs.figures], servers: [])
        }
    }

    /// What `/readyz` says.
    package var readiness: ReadinessReport {
        driver.onLoop { ReadinessReport(jobs.figures, limits, isServing: true) }
    }

    /// Whether a job is there.
    package func exists(_ name: String) -> Bool? {
        var result: AppJobs.GetResult?
        driver.onLoop { jobs.get(Array(name.utf8)) { result = $0 } }
        switch result {
        case .found: return true
        case .absent: return false
        case .busy, .failed, nil: return nil
        }
    }
}

/// A receiver that notes what it gets, and answers what a test has told it to, at once or when asked.
package final class RecordingReceiver: TriggerReceiver {
    /// One trigger, and when it came.
    package struct Delivery {
        package let trigger: JobTrigger
        package let time: WallTime
        package let ticket: RunTicket
    }

    package let name = "recorder"
    package var slots = 16
    package var isAccepting = true { didSet { if isAccepting != oldValue { changed() } } }
    package private(set) var deliveries: [Delivery] = []
    /// What to answer at once; `nil` leaves the run open until `finish`.
    package var answer: (JobTrigger) -> TriggerOutcome? = { _ in .succeeded }
    private let now: () -> WallTime
    private var report: (RunTicket, TriggerOutcome) -> Void = { _, _ in }
    private var changed: () -> Void = {}

    package init(now: @escaping () -> WallTime) { self.now = now }

    package convenience init(_ harness: JobsHarness) { self.init { harness.now } }

    package func attach(finish: @escaping (RunTicket, TriggerOutcome) -> Void, changed: @escaping () -> Void)
    {
        report = finish
        self.changed = changed
    }

    package func deliver(_ trigger: JobTrigger, _ ticket: RunTicket) {
        deliveries.append(Delivery(trigger: trigger, time: now(), ticket: ticket))
        if let outcome = answer(trigger) { report(ticket, outcome) }
    }

    /// Ends a run that was left open.
    ///
    /// On the loop.
    package func finish(_ delivery: Delivery, _ outcome: TriggerOutcome) { report(delivery.ticket, outcome) }

    package func stop() {}

    /// The names of the jobs that came, in order.
    package var names: [String] { deliveries.map(\.trigger.name) }

    /// When they came, in milliseconds after the harness's start.
    package var milliseconds: [Int64] {
        deliveries.map { $0.time.millisecondsSinceEpoch - JobsHarness.start.millisecondsSinceEpoch }
    }
}

/// Takes the outcomes of handlers' tasks.
private final class HarnessRuns: RunReports, @unchecked Sendable {
    // SAFETY: `finish` runs where its caller does, and that is a task on the virtual loop.
    private let jobs: JobExecutor

    init(_ jobs: JobExecutor) { self.jobs = jobs }

    func finish(_ ticket: RunTicket, _ outcome: TriggerOutcome) async { jobs.finished(ticket, outcome) }
}
