package import JobsRuntime
package import Logging
package import Reactor

/// The app at the other end of the channel: its connections, whether it listens, and whether it is well.
///
/// On the loop only.
///
/// # Holding
/// The app is accepting from the moment its port takes a connection until one is refused; with a health check, only
/// while that says so too. While it is not, due jobs wait in the store and burn no attempt.
package final class AppReceiver: TriggerReceiver {
    /// How long the answer to `GET /dapr/config` may take, which nothing depends on.
    package static let configurationTimeout = Duration.seconds(10)

    package let name: String
    package var slots: Int { ramp.slots }
    package var isAccepting: Bool { isListening && health?.isHealthy ?? true }
    private let channel: AppChannel
    private let client: HTTPClient
    private let timers: LoopTimers
    private let logger: Logger
    /// For what became of triggers, which Dapr logs under a name of its own.
    private let triggerLogger: Logger
    private let appCalls: AppCallMetrics?
    private let pool: HTTPClientPool
    private let commonFields: [UInt8]
    private var isListening = false
    package private(set) var wasReached = false
    private var isStopped = false
    private var report: (RunTicket, TriggerOutcome) -> Void = { _, _ in }
    private var changed: () -> Void = {}
    private let maximumSlots: Int
    private let address: SocketAddress
    private lazy var ramp = ConcurrencyRamp(maximum: maximumSlots, timers: timers) { [unowned self] in
        changed()
    }
    private lazy var poll = PortPoll(address, client: client, timers: timers) { [unowned self] in discovered()
    }
    private lazy var health = channel.health.map { check in
        AppHealthProbe(check, fields: commonFields, pool: pool, timers: timers) { [unowned self] in
            healthChanged()
        }
    }

    package init(
        channel: AppChannel, address: SocketAddress, network: Network, dialer: any Dialer, logger: Logger,
        appCalls: AppCallMetrics? = nil
    ) {
        self.appCalls = appCalls
        self.channel = channel
        self.address = address
        var scoped = logger
        scoped[metadataKey: "scope"] = "dapr.runtime"
        self.logger = scoped
        scoped[metadataKey: "scope"] = "dapr.runtime.scheduler.cluster"
        triggerLogger = scoped
        timers = network.timers
        client = HTTPClient(network: network, dialer: dialer, limits: channel.limits)
        name = "app on port \(channel.port)"
        maximumSlots = min(
            channel.maximumConcurrency ?? .max, channel.limits.clientConnections - AppChannel.otherCalls)
        pool = client.pool(for: address)
        commonFields = TriggerRequest.commonFields(token: channel.token)
    }

    package func attach(
        finish: @escaping (RunTicket, TriggerOutcome) -> Void, changed: @escaping () -> Void
    ) {
        report = finish
        self.changed = changed
        logger.info(
            "application protocol: http. waiting on port \(channel.port).  This will block until the app is listening on that port."
        )
        poll.start()
    }

    // MARK: Triggers

    package func deliver(_ trigger: JobTrigger, _ ticket: RunTicket) {
        ramp.began()
        let request = TriggerRequest.make(trigger, commonFields: commonFields)
        pool.send(request) { [self] result in
            if case .failed(let failure) = result, !isStopped, pool.freeSlots > 0,
                failure.kind == .brokenBeforeAnswer(reusedConnection: true)
            {
                // The app may have closed an idle connection as the request was on its way: once more, as the same
                // attempt. If nobody listens any more, the first may have ended the app, and that has failed.
                pool.send(request, onFreshConnection: true) { [self] in
                    finish(trigger, ticket, $0, isSecond: true)
                }
            } else {
                finish(trigger, ticket, result, isSecond: false)
            }
        }
    }

    private func finish(
        _ trigger: JobTrigger, _ ticket: RunTicket, _ result: HTTPClientResult, isSecond: Bool
    ) {
        ramp.ended()
        switch result {
        case .response(let status):
            let (outcome, warning) = AppAnswer.outcome(status: status, name: trigger.name)
            if let warning { triggerLogger.error("\(warning)") }
            appCalls?.answered(trigger, status: status, now: timers.wallNow)
            report(ticket, outcome)
        case .failed(let failure):
            var outcome = AppAnswer.outcome(failure)
            if outcome == .undeliverable {
                lost()
                if isSecond { outcome = AppAnswer.brokenAndRefused }
            }
            report(ticket, outcome)
        }
    }

    // MARK: Whether it listens

    /// Nobody listens: jobs are held until somebody does.
    private func lost() {
        guard isListening, !isStopped else { return }
        isListening = false
        health?.stop()
        logger.warning("nobody listens on the app's port \(channel.port): its jobs are held until it does")
        changed()
        poll.startAfterPause()
    }

    private func discovered() {
        guard !isStopped else { return }
        isListening = true
        logger.info("application discovered on port \(channel.port)")
        if !wasReached {
            wasReached = true
            askForConfiguration()
        }
        health?.begin()
        changed()
    }

    /// The one call that every app of Dapr's sees at start; any answer is fine, and none (contract, section
    /// 6).
    private func askForConfiguration() {
        guard channel.asksForConfiguration else { return }
        let fields = commonFields + Array("Dapr-App-Id: \(channel.appID)\r\n".utf8)
        let request = HTTPClientRequest(
            method: "GET", target: Array("/dapr/config".utf8), fields: fields,
            timeout: Self.configurationTimeout)
        pool.send(request) { _ in }
    }

    // MARK: Whether it is well

    private func healthChanged() {
        guard let health, !isStopped else { return }
        if health.isHealthy {
            logger.info("App entered healthy status")
        } else {
            logger.warning("App entered un-healthy status: its jobs are held until it is well again")
        }
        changed()
    }

    package func stop() {
        guard !isStopped else { return }
        isStopped = true
        isListening = false
        // What is out ends only when its socket has closed, which is after everybody that could be told has gone.
        report = { _, _ in }
        changed = {}
        poll.stop()
        health?.stop()
        ramp.stop()
        client.close()
    }
}
