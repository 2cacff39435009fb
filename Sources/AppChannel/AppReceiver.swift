internal import JobsRuntime
internal import Logging
internal import Reactor

/// The app at the other end of the channel: its connections, and whether it listens.
///
/// On the loop only.
///
/// # Holding
/// The app is accepting from the moment its port takes a connection until one is refused. While it is not, the port is
/// probed; due jobs wait in the store and burn no attempt.
final class AppReceiver: TriggerReceiver, TimerTarget {
    /// From one probe of the app's port to the next, in milliseconds (contract, section 5.4).
    static let probeMilliseconds: UInt64 = 100

    let name: String
    var slots: Int { ramp.slots }
    private(set) var isAccepting = false
    private let channel: AppChannel
    private let address: SocketAddress
    private let client: HTTPClient
    private let timers: LoopTimers
    private let logger: Logger
    private let appCalls: AppCallMetrics?
    private let pool: HTTPClientPool
    private let commonFields: [UInt8]
    private var probe: TCPProbe?
    private var pause: TimerToken?
    private var wasDiscovered = false
    private var isStopped = false
    private var report: (RunTicket, TriggerOutcome) -> Void = { _, _ in }
    private var changed: () -> Void = {}
    private let maximumSlots: Int
    private lazy var ramp = ConcurrencyRamp(maximum: maximumSlots, timers: timers) { [unowned self] in
        changed()
    }

    init(
        channel: AppChannel, address: SocketAddress, client: HTTPClient, timers: LoopTimers, logger: Logger,
        appCalls: AppCallMetrics?
    ) {
        self.appCalls = appCalls
        self.channel = channel
        self.address = address
        self.client = client
        self.timers = timers
        self.logger = logger
        name = "app on port \(channel.port)"
        // One connection is left for what is no trigger.
        maximumSlots = min(channel.maximumConcurrency ?? .max, channel.limits.clientConnections - 1)
        pool = client.pool(for: address)
        commonFields = TriggerRequest.commonFields(token: channel.token)
    }

    func attach(finish: @escaping (RunTicket, TriggerOutcome) -> Void, changed: @escaping () -> Void) {
        report = finish
        self.changed = changed
        logger.info(
            "application protocol: http. waiting on port \(channel.port).  This will block until the app is listening on that port."
        )
        startProbe()
    }

    // MARK: Triggers

    func deliver(_ trigger: JobTrigger, _ ticket: RunTicket) {
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
            if let warning { logger.error("\(warning)") }
            appCalls?.answered(trigger, status: status, now: timers.wallNow)
            report(ticket, outcome)
        case .failed(let failure):
            var outcome = AppAnswer.outcome(failure)
            if outcome == .undeliverable {
                lost()
                if isSecond {
                    outcome = .failed(
                        reason: "the app closed the connection before it answered, and listens no more")
                }
            }
            report(ticket, outcome)
        }
    }

    // MARK: Probing

    /// Nobody listens: jobs are held until somebody does.
    private func lost() {
        guard isAccepting, !isStopped else { return }
        isAccepting = false
        logger.warning("nobody listens on the app's port \(channel.port): its jobs are held until it does")
        changed()
        startPause()
    }

    private func startProbe() {
        probe = client.probe(address) { [self] isListening in
            probe = nil
            if isListening { discovered() } else { startPause() }
        }
    }

    private func startPause() {
        guard !isStopped else { return }
        let deadline = timers.monotonicNow.advanced(byMilliseconds: Self.probeMilliseconds)
        pause = timers.insert(.monotonic, at: deadline, for: self)
    }

    func timerFired(_ token: TimerToken) {
        pause = nil
        startProbe()
    }

    private func discovered() {
        guard !isStopped else { return }
        isAccepting = true
        logger.info("application discovered on port \(channel.port)")
        if !wasDiscovered {
            wasDiscovered = true
            askForConfiguration()
        }
        changed()
    }

    /// The one call that every app of Dapr's sees at start; any answer is fine (contract, section 6).
    private func askForConfiguration() {
        let fields = commonFields + Array("Dapr-App-Id: \(channel.appID)\r\n".utf8)
        pool.send(HTTPClientRequest(method: "GET", target: Array("/dapr/config".utf8), fields: fields)) { _ in
        }
    }

    func stop() {
        guard !isStopped else { return }
        isStopped = true
        isAccepting = false
        // What is out ends only when its socket has closed, which is after everybody that could be told has gone.
        report = { _, _ in }
        changed = {}
        probe?.cancel()
        probe = nil
        if let pause { timers.remove(.monotonic, pause) }
        pause = nil
        ramp.stop()
        client.close()
    }
}
