internal import Logging
internal import Reactor

/// One app of a runtime: its jobs, its routes, and the ports at which it is served.
///
/// On the loop only.
final class AppSite {
    let options: JobsRuntime.App
    let jobs: AppJobs
    private let app: AppIdentity
    private let loop: LoopParts
    private let services: LoopServices
    private var network: JobsNetwork?
    private var monitor: MonitorNetwork?
    private var connection: AppConnection?

    /// Opens the app's lane of the store; nothing fires and no port is open before `listen` and `start`.
    init(
        _ options: JobsRuntime.App, of app: AppIdentity, store: RuntimeStore, on loop: LoopParts,
        runs: any RunReports
    ) throws(StoreError) {
        self.options = options
        self.app = app
        self.loop = loop
        do {
            jobs = AppJobs(try AppJobs.Parts(app: app, store: store, on: loop))
        } catch {
            loop.metrics?.close()
            throw error
        }
        services = LoopServices(
            executor: loop.executor, sockets: loop.executor.driver.sockets, runs: runs,
            appCalls: loop.metrics?.appCalls)
    }

    /// Gives a prefix its receiver.
    func attach(_ prefix: String, _ provider: any ReceiverProvider) throws {
        let receiver = try provider.makeReceiver(on: services)
        if let owner = jobs.executor.add(prefix: prefix, receiver: receiver) {
            receiver.stop()
            throw RouteError(prefix: prefix, owner: owner)
        }
        connection = provider.connection ?? connection
    }

    // MARK: Ports

    /// Opens the app's ports.
    ///
    /// - Parameter refresh: brings up to date what a page of metrics shows.
    func listen(access: APIAccess, refresh: @escaping () -> Void) throws {
        guard let sockets = loop.executor.driver.sockets else { return }
        if let listen = options.listen {
            let network = JobsNetwork(
                app: app, jobs: jobs, on: loop, limits: options.network, access: access,
                connection: { [unowned self] in connection })
            self.network = network
            try network.listen(on: listen, sockets: sockets)
            if let open = options.publicListen { try network.listenPublicly(on: open, sockets: sockets) }
        }
        try openMonitor(on: sockets, refresh: refresh)
    }

    private func openMonitor(on sockets: UVLoop, refresh: @escaping () -> Void) throws {
        guard let port = options.monitor else { return }
        let monitor = MonitorNetwork(
            port, jobs: jobs, on: loop, limits: options.network, refresh: refresh)
        do {
            try monitor.listen(on: sockets)
            self.monitor = monitor
        } catch {
            if port.isRequired { throw error }
            loop.logger.warning("metrics are not served: \(error)")
        }
    }

    /// Begins to fire, and says in the log where it listens.
    func start() {
        jobs.start()
        network?.announce()
        if let monitorAddress { loop.logger.notice("metrics are on http://\(monitorAddress)/metrics") }
    }

    /// Where the API listens.
    var address: String? { network?.address }
    /// Where health and metadata are served on their own.
    var publicAddress: String? { network?.publicAddress }
    /// Where metrics and health are served beside the API.
    var monitorAddress: String? { monitor?.address }

    /// Keeps a value under `extended` of the app's metadata, as `PUT /v1.0/metadata/{key}` does.
    func setMetadata(_ value: [UInt8], for key: String) throws(ExtendedMetadata.Refusal) {
        try network?.metadata?.put(value, for: Array(key.utf8))
    }

    /// What the administration is told of the app.
    var document: HostDocument.App {
        HostDocument.App(
            id: app.appID, address: address, metricsAddress: monitorAddress, appPort: connection?.port,
            extended: network?.metadata?.entries ?? [])
    }

    // MARK: Metrics

    /// Brings the app's gauges up to date; answers its figures.
    func refreshMetrics() -> JobFigures {
        let figures = jobs.figures
        loop.metrics?.refresh(figures, server: counters)
        return figures
    }

    /// What the API's server has seen so far.
    var counters: HTTPServer.Counters? { network?.counters }

    // MARK: Stop

    /// Closes the doors; the value returned waits until what was asked has been answered.
    func closeDoors() -> [ClosingDoor] {
        var doors: [ClosingDoor] = []
        if let network {
            let door = ClosingDoor()
            doors.append(door)
            network.stop { door.closed() }
        }
        if let monitor {
            let door = ClosingDoor()
            doors.append(door)
            monitor.stop { door.closed() }
        }
        return doors
    }

    /// Closes what is still open: one address may be listened on although the next one was taken, and the loop ends only
    /// with its last socket.
    func closePorts() {
        network?.stop()
        network = nil
        monitor?.stop()
        monitor = nil
    }
}
