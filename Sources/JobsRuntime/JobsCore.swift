internal import CoreMetrics
internal import Glibc
package import Logging
package import Reactor

/// The runtime as it lives on its loop: builds the parts, starts and stops them, decides nothing.
///
/// An actor on the loop's own executor, so that what it holds is confined to the loop without a lock or a hop.
package actor JobsCore {
    package nonisolated let options: JobsRuntime.Options
    private nonisolated let executor: LoopExecutor
    private let logger: Logger
    private var routes: [(appID: String, prefix: String, provider: any ReceiverProvider)] = []
    private var store: RuntimeStore?
    private var metrics: HostMetrics?
    private var sites: [AppSite] = []
    private var administration: AdministrationNetwork?
    private var signals: StopSignals?
    private var onStopRequest: (@Sendable () -> Void)?
    private var started = WallTime(seconds: 0)

    /// The loop's executor.
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    package init(options: JobsRuntime.Options, loop: EventLoop, logger: Logger) {
        self.options = options
        self.executor = loop.executor
        self.logger = logger
    }

    /// An app's jobs, once started.
    package func jobs(of appID: String) -> AppJobs? { site(of: appID)?.jobs }

    private func site(of appID: String) -> AppSite? { sites.first { $0.options.id == appID } }

    /// Where an app's API listens.
    func address(of appID: String) -> String? { site(of: appID)?.address }

    /// Where an app's health and metadata are served on their own.
    func publicAddress(of appID: String) -> String? { site(of: appID)?.publicAddress }

    /// Where an app's metrics and health are served beside the API.
    func monitorAddress(of appID: String) -> String? { site(of: appID)?.monitorAddress }

    /// Keeps a value under `extended` of an app's metadata.
    func setMetadata(_ value: String, for key: String, of appID: String) throws {
        try site(of: appID)?.setMetadata(Array(value.utf8), for: key)
    }

    // MARK: Routes

    func add(prefix: String, _ provider: any ReceiverProvider, of appID: String) throws {
        guard options.apps.contains(where: { $0.id == appID }) else { throw LifecycleError.noApp(appID) }
        if let site = site(of: appID) {
            try site.attach(prefix, provider)
        } else {
            routes.append((appID, prefix, provider))
        }
    }

    func finish(_ ticket: RunTicket, _ outcome: TriggerOutcome, of appID: String) {
        site(of: appID)?.jobs.executor.finished(ticket, outcome)
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
        try checkIdentities()
        do {
            try open(given, storeID: storeID)
            for app in options.apps { try open(app) }
            for site in sites {
                try site.listen(
                    access: options.access,
                    refresh: { [unowned self] in
                        assumeIsolated { $0.refreshMetrics() }
                    })
            }
            openAdministration()
            for site in sites { site.start() }
            tellInitialized(since: begin)
        } catch {
            closeAll()
            administration?.close()
            administration = nil
            throw error
        }
    }

    /// In Dapr's words (contract, section 8.3), which scripts wait for; a line for each app, as each has a sidecar there.
    private func tellInitialized(since begin: Tick) {
        let elapsed = executor.timers.monotonicNow.milliseconds - begin.milliseconds
        for app in options.apps {
            var scoped = app.logger ?? logger
            scoped[metadataKey: "scope"] = "dapr.runtime"
            scoped.info("dapr initialized. Status: Running. Init Elapsed \(elapsed)ms")
        }
    }

    private func checkIdentities() throws {
        var ids: Set<String> = []
        for app in options.apps {
            guard Self.isName(app.id) else { throw LifecycleError.identity("the app id") }
            guard ids.insert(app.id).inserted else { throw LifecycleError.twice(app.id) }
        }
        guard Self.isName(options.namespace) else { throw LifecycleError.identity("the namespace") }
    }

    private static func isName(_ text: String) -> Bool {
        (1...255).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }

    private func open(_ given: (any OrderedStore)?, storeID: UInt64) throws {
        let files: any OrderedStore =
            if let given { given } else if let folder = options.dataDirectory {
                try RocksDBStore.open(path: folder)
            } else { MemoryStore() }
        let metrics = HostMetrics(factory)
        metrics?.watch(executor)
        self.metrics = metrics
        do {
            store = try RuntimeStore(
                files, newStoreID: storeID, on: parts(logger: logger))
        } catch {
            files.close()
            throw error
        }
    }

    private func open(_ app: JobsRuntime.App) throws {
        guard let store else { return }
        let identity = AppIdentity(namespace: options.namespace, appID: app.id)
        var loop = parts(logger: app.logger ?? logger)
        loop.metrics = JobMetrics(factory, of: identity)
        let runs = AppRuns(core: self, appID: app.id)
        let site = try AppSite(app, of: identity, store: store, on: loop, runs: runs)
        sites.append(site)
        for route in routes where route.appID == app.id { try site.attach(route.prefix, route.provider) }
    }

    private var factory: any MetricsFactory { options.metrics ?? MetricsSystem.factory }

    private func parts(logger: Logger) -> LoopParts {
        LoopParts(executor: executor, limits: options.jobs, logger: logger, hostMetrics: metrics)
    }

    // MARK: Administration

    /// Has `call` called when the administration asks the host to stop; without, `untilSignal` returns then.
    func onStopRequest(_ call: @escaping @Sendable () -> Void) { onStopRequest = call }

    /// A store in memory has no folder, and its host no administration unless it is given one.
    private func openAdministration() {
        let directory = options.administrationDirectory ?? options.dataDirectory
        guard let directory, let sockets = executor.driver.sockets else { return }
        started = executor.timers.wallNow
        let loop = parts(logger: logger)
        let network = AdministrationNetwork(on: loop, limits: options.network)
        network.document = { [unowned self] in assumeIsolated { $0.document.bytes } }
        network.beginStop = { [unowned self] in assumeIsolated { $0.stopRequested() } }
        network.listen(in: directory, sockets: sockets)
        administration = network
    }

    private var document: HostDocument {
        HostDocument(
            processID: getpid(), version: JobsRuntime.version, started: WallTime(seconds: started.seconds),
            namespace: options.namespace,
            dataDirectory: options.dataDirectory.map { AdministrationSocket.absolute($0) },
            apps: sites.map(\.document))
    }

    private func stopRequested() -> Bool {
        guard onStopRequest != nil || signals != nil else { return false }
        logger.notice("asked to stop by the administration")
        if let onStopRequest { onStopRequest() } else { signals?.request() }
        return true
    }

    // MARK: Metrics

    /// Brings up to date what is computed only when somebody looks.
    func refreshMetrics() {
        guard let metrics else { return }
        let figures = sites.map { $0.refreshMetrics() }
        metrics.refresh(figures, servers: sites.compactMap(\.counters))
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
        if let store { await drain(store) }
        closeAll()
    }

    /// Tells whoever asked for the stop that it is over: the last thing of all, what else lives on the loop included.
    func closeAdministration() async {
        if let administration {
            let door = ClosingDoor()
            administration.close { door.closed() }
            await door.wait()
        }
        administration = nil
    }

    /// Lets runs end and what was accepted be synced, within the drain limit.
    private func drain(_ store: RuntimeStore) async {
        let doors = sites.flatMap { $0.closeDoors() }
        let limit = DrainLimit(timers: executor.timers, milliseconds: options.jobs.drainMilliseconds)
        await limit.wait { done in
            var running = sites.count
            for site in sites {
                site.jobs.executor.onDrained = {
                    running -= 1
                    if running == 0 { done() }
                }
                site.jobs.executor.stopDispatching()
            }
        }
        for site in sites { site.jobs.executor.abandonRuns() }
        limit.close()
        let flush = DrainLimit(timers: executor.timers, milliseconds: options.jobs.flushMilliseconds)
        await flush.wait { store.flush(whenEmpty: $0) }
        flush.close()
        for door in doors { await door.wait() }
    }

    private func closeAll() {
        for site in sites {
            site.jobs.executor.abandonRuns()
            site.closePorts()
        }
        signals?.close()
        signals = nil
        store?.stop()
        for site in sites { site.jobs.close() }
        sites = []
        store?.close()
        store = nil
        executor.timers.watchLag(nil)
        metrics?.close()
        metrics = nil
    }
}

/// Where the tasks of one app's runs report to.
struct AppRuns: RunReports {
    let core: JobsCore
    let appID: String

    func finish(_ ticket: RunTicket, _ outcome: TriggerOutcome) async {
        await core.finish(ticket, outcome, of: appID)
    }
}
