public import Logging
package import Reactor

/// Durable jobs in a Swift process: an event loop, a store, routes to handlers, and the jobs API over HTTP.
///
/// Build it, route name prefixes to handlers, then `run` it, or `start` and `stop` it. From any thread or task.
///
/// ```swift
/// let runtime = try JobsRuntime(.init(dataDirectory: "data", appID: "garage"))
/// try runtime.route("r2-", to: DroidMaintenanceHandler())
/// try await runtime.run()
/// ```
public final class JobsRuntime: Sendable {
    /// The runtime's version, as `GET /v1.0/metadata` shows it.
    public static let version = "0.1.0"

    private let core: JobsCore
    /// The loop that everything lives on.
    package let loop: EventLoop
    private let lifecycle = RuntimeLifecycle()

    /// Makes a runtime that does nothing yet: no file is opened and no port bound before `start`.
    ///
    /// - Throws: `ReactorError` when the system has no descriptors left.
    public init(_ options: Options, logger: Logger = Logger(label: "mainspring")) throws {
        loop = try EventLoop()
        core = JobsCore(options: options, loop: loop, logger: logger)
    }

    /// Sends the triggers of all jobs whose name begins with `prefix` to `handler`; the longest prefix wins,
    /// and the empty one takes what no other does.
    ///
    /// Before or after `start`.
    ///
    /// - Parameter appID: whose jobs; `nil` for the first app's.
    /// - Throws: `RouteError` when the prefix has a handler already, `LifecycleError` for an app that is not served.
    public func route(_ prefix: String, to handler: some JobHandler, of appID: String? = nil) async throws {
        let limit = core.options.jobs.runsPerHandler
        try await route(prefix, to: HandlerProvider(handler: handler, limit: limit), of: appID)
    }

    /// Sends the triggers of a prefix to a receiver that lives on the loop.
    package func route(_ prefix: String, to provider: any ReceiverProvider, of appID: String? = nil)
        async throws
    {
        try lifecycle.check()
        try await core.add(prefix: prefix, provider, of: appID ?? core.options.app.id)
    }

    /// Opens the store, binds the port and begins to fire what is due.
    ///
    /// - Throws: `StoreError` for the data directory, `ListenError` for the address, `LifecycleError` for an identity
    ///   that is none, or a second start.
    public func start() async throws {
        try lifecycle.check()
        try await core.start()
    }

    /// Where the first app's jobs API listens, once started; `nil` where none is served.
    public var address: String? {
        get async { await address(of: core.options.app.id) }
    }

    /// Where an app's jobs API listens, once started; `nil` where none is served.
    public func address(of appID: String) async -> String? {
        lifecycle.hasLoop ? await core.address(of: appID) : nil
    }

    /// Where the first app's health and metadata are served without a token, once started; `nil` where they are not.
    public var publicAddress: String? {
        get async { lifecycle.hasLoop ? await core.publicAddress(of: core.options.app.id) : nil }
    }

    /// Where an app's metrics and health are served beside the API, if they are.
    package func monitorAddress(of appID: String) async -> String? {
        lifecycle.hasLoop ? await core.monitorAddress(of: appID) : nil
    }

    /// Keeps a value under `extended` of an app's metadata, as `PUT /v1.0/metadata/{key}` does.
    package func setMetadata(_ value: String, for key: String, of appID: String) async throws {
        try lifecycle.check()
        try await core.setMetadata(value, for: key, of: appID)
    }

    /// Has `call` called, on the loop, when the host's administration asks it to stop.
    ///
    /// Where `run` serves it stops by itself; a host that is started and stopped by other hands is asked through this, and
    /// refuses without.
    package func onStopRequest(_ call: @escaping @Sendable () -> Void) async throws {
        try lifecycle.check()
        await core.onStopRequest(call)
    }

    /// Computes the metrics that are only looked at, such as how many jobs are held: call it before each export.
    ///
    /// Counters and histograms are kept up to date by themselves.
    public func refreshMetrics() async {
        if lifecycle.hasLoop { await core.refreshMetrics() }
    }

    /// Stops in order: listeners close, runs get `JobLimits.drainMilliseconds` to end, what was accepted is
    /// synced and answered, the store closes.
    ///
    /// Runs that have not ended are repeated at the next start. Once; further calls wait for the first. Not from a
    /// handler, whose own run it would wait for.
    public func stop() async { await stop(then: {}) }

    /// Stops in order, with `last` between the end of all jobs and that of the loop: for what else lives on it.
    package func stop(then last: () async -> Void) async {
        switch lifecycle.beginStop() {
        case .begin:
            await core.stop()
            await last()
            await core.closeAdministration()
            loop.shutdown()
            lifecycle.end()
        case .wait: await lifecycle.waitForEnd()
        case .nothing: return
        }
    }

    /// Starts, serves until SIGINT or SIGTERM, and stops.
    ///
    /// A second signal ends the process at once, with status 130.
    public func run() async throws { try await run(ready: {}, stopping: {}) }

    /// The same, for whoever is to hear when the doors are open, and when the stop begins.
    package func run(
        ready: () async -> Void, stopping: () async -> Void
    ) async throws {
        try lifecycle.check()
        do {
            try await core.watchSignals()
            try await start()
        } catch {
            await stop()
            throw error
        }
        await ready()
        await core.untilSignal()
        await stopping()
        await stop()
    }
}

/// A prefix that was given to two handlers.
public struct RouteError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The prefix.
    public let prefix: String
    /// The handler that has it.
    public let owner: String

    /// One sentence.
    public var description: String {
        "the prefix \"\(prefix)\" is taken by \(owner): give each prefix to one handler"
    }
}

/// Makes the receiver of a handler in the process.
private struct HandlerProvider<Handler: JobHandler>: ReceiverProvider {
    let handler: Handler
    let limit: Int

    func makeReceiver(on services: LoopServices) throws -> any TriggerReceiver {
        HandlerReceiver(name: "\(Handler.self)", handler: handler, services: services, limit: limit)
    }
}
