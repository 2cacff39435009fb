internal import CoreMetrics
package import Logging
package import Reactor

/// What everything on the loop may ask for.
package struct LoopParts {
    package let executor: LoopExecutor
    package let limits: JobLimits
    package let logger: Logger
    /// What the runtime tells of itself; `nil` where nobody listens.
    package let metrics: JobMetrics?

    package init(executor: LoopExecutor, limits: JobLimits, logger: Logger, metrics: JobMetrics? = nil) {
        self.executor = executor
        self.limits = limits
        self.logger = logger
        self.metrics = metrics
    }

    /// The loop's wheels.
    package var timers: LoopTimers { executor.timers }
}

/// The runtime as it lives on its loop: builds the parts, starts and stops them, decides nothing.
///
/// An actor on the loop's own executor, so that what it holds is confined to the loop without a lock or a hop.
package actor JobsCore: RunReports {
    package nonisolated let options: JobsRuntime.Options
    private nonisolated let executor: LoopExecutor
    private let logger: Logger
    private var routes: [(prefix: String, provider: any ReceiverProvider)] = []
    private var jobs: AppJobs?
    private var store: (any OrderedStore)?
    private var parts: AppJobs.Parts?
    private var network: JobsNetwork?
    private var monitor: MonitorNetwork?
    private var signals: StopSignals?
    private var connection: AppConnection?

    /// The loop's executor.
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    package init(options: JobsRuntime.Options, loop: EventLoop, logger: Logger) {
        self.options = options
        self.executor = loop.executor
        self.logger = logger
    }

    /// The app's jobs, once started.
    package var appJobs: AppJobs? { jobs }

    /// Where the API listens.
    var address: String? { network?.address }

    /// Where health and metadata are served on their own.
    var publicAddress: String? { network?.publicAddress }

    // MARK: Routes

    func add(prefix: String, _ provider: any ReceiverProvider) throws {
        if let jobs {
            try attach(prefix, provider, to: jobs)
        } else {
            routes.append((prefix, provider))
        }
    }

    private func attach(_ prefix: String, _ provider: any ReceiverProvider, to jobs: AppJobs) throws {
        let services = LoopServices(
            executor: executor, sockets: executor.driver.sockets, runs: self,
            appCalls: parts?.metrics?.appCalls)
        let receiver = try provider.makeReceiver(on: services)
        if let owner = jobs.executor.add(prefix: prefix, receiver: receiver) {
            receiver.stop()
            throw RouteError(prefix: prefix, owner: owner)
        }
        connection = provider.connection ?? connection
    }

    package func finish(_ ticket: RunTicket, _ outcome: TriggerOutcome) {
        jobs?.executor.finished(ticket, outcome)
    }

    // MARK: Start

    /// Opens the store and everything on it.
    ///
    /// The store's files are read on this thread: nothing else lives on the loop yet that could be kept
    /// waiting.
    package func start(storeID: UInt64 = .random(in: .min ... .max), store given: (any OrderedStore)? = nil)
        throws
    {
        guard store == nil else { throw LifecycleError.started }
        let begin = executor.timers.monotonicNow
        try checkIdentity()
        do {
            let store: any OrderedStore
            if let given {
                store = given
            } else if let folder = options.dataDirectory {
                store = try RocksDBStore.open(path: folder)
            } else {
                store = MemoryStore()
            }
            try open(store, storeID: storeID)
            tellInitialized(since: begin)
        } catch {
            closeAll()
            throw error
        }
    }

    /// In Dapr's words (contract, section 8.3), which scripts wait for.
    private func tellInitialized(since begin: Tick) {
        var scoped = logger
        scoped[metadataKey: "scope"] = "dapr.runtime"
        let elapsed = executor.timers.monotonicNow.milliseconds - begin.milliseconds
        scoped.info("dapr initialized. Status: Running. Init Elapsed \(elapsed)ms")
    }

    private func checkIdentity() throws {
        for (what, text) in [("the app id", options.appID), ("the namespace", options.namespace)] {
            let isPlain = text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
            guard isPlain, (1...255).contains(text.utf8.count) else { throw LifecycleError.identity(what) }
        }
    }

    private func open(_ store: any OrderedStore, storeID: UInt64) throws {
        self.store = store
        let app = AppIdentity(namespace: options.namespace, appID: options.appID)
        let loop = LoopParts(
            executor: executor, limits: options.jobs, logger: logger,
            metrics: JobMetrics(options.metrics ?? MetricsSystem.factory, of: app))
        let parts: AppJobs.Parts
        do { parts = try AppJobs.Parts(app: app, store: store, storeID: storeID, on: loop) } catch {
            loop.metrics?.close()
            throw error
        }
        self.parts = parts
        let jobs = AppJobs(parts)
        self.jobs = jobs
        for route in routes { try attach(route.prefix, route.provider, to: jobs) }
        if let listen = options.listen, let sockets = executor.driver.sockets {
            let network = JobsNetwork(
                app: app, jobs: jobs, on: loop, options: options,
                connection: { [unowned self] in assumeIsolated { $0.connection } })
            self.network = network
            try network.listen(on: listen, sockets: sockets)
            if let open = options.publicListen { try network.listenPublicly(on: open, sockets: sockets) }
        }
        try openMonitor(jobs, on: loop)
        jobs.start()
        if let network { network.announce() }
        if let address = monitorAddress { logger.notice("metrics are on http://\(address)/metrics") }
    }

    // MARK: Whoever watches

    private func openMonitor(_ jobs: AppJobs, on loop: LoopParts) throws {
        guard let port = options.monitor, let sockets = executor.driver.sockets else { return }
        let monitor = MonitorNetwork(
            port, jobs: jobs, on: loop, limits: options.network,
            refresh: { [network] in loop.metrics?.refresh(jobs.figures, server: network?.counters) })
        do {
            try monitor.listen(on: sockets)
            self.monitor = monitor
        } catch {
            if port.isRequired { throw error }
            logger.warning("metrics are not served: \(error)")
        }
    }

    /// Where metrics and health are served beside the API.
    package var monitorAddress: String? { monitor?.address }

    /// Brings up to date what is computed only when somebody looks.
    package func refreshMetrics() {
        guard let jobs, let metrics = parts?.metrics else { return }
        metrics.refresh(jobs.figures, server: network?.counters)
    }

    // MARK: Stop

    /// Takes SIGINT and SIGTERM over from the system: before anybody can be told that the runtime is up.
    func watchSignals() throws {
        guard signals == nil, let sockets = executor.driver.sockets else { return }
        signals = try StopSignals(on: sockets, logger: logger)
    }

    /// Waits for the first of the signals that are watched.
    func untilSignal() async { await signals?.first() }

    /// Stops in order; see `JobsRuntime.stop`.
    package func stop() async {
        if let jobs, let parts { await drain(jobs, parts) }
        closeAll()
    }

    /// Lets runs end and what was accepted be synced, within the drain limit.
    private func drain(_ jobs: AppJobs, _ parts: AppJobs.Parts) async {
        let limit = DrainLimit(timers: executor.timers, milliseconds: options.jobs.drainMilliseconds)
        let door = ClosingDoor()
        let monitorDoor = ClosingDoor()
        network?.stop { door.closed() }
        monitor?.stop { monitorDoor.closed() }
        await limit.wait { done in
            jobs.executor.onDrained = done
            jobs.executor.stopDispatching()
        }
        jobs.executor.abandonRuns()
        limit.close()
        let flush = DrainLimit(timers: executor.timers, milliseconds: options.jobs.flushMilliseconds)
        await flush.wait { parts.writer.flush(whenEmpty: $0) }
        flush.close()
        if network != nil { await door.wait() }
        if monitor != nil { await monitorDoor.wait() }
    }

    private func closeAll() {
        let fault = jobs?.fault
        jobs?.executor.abandonRuns()
        // Where they were not stopped in order: one address may be listened on although the next one was taken, and the
        // loop ends only with its last socket.
        network?.stop()
        network = nil
        monitor?.stop()
        monitor = nil
        signals?.close()
        signals = nil
        parts?.writer.stop()
        parts?.reader.stop()
        jobs?.close()
        if fault == nil { store?.tidy() }
        store?.close()
        jobs = nil
        parts = nil
        store = nil
    }
}
