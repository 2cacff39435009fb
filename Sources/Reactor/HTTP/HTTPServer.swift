/// An HTTP/1.1 server on one loop: its listeners, its table of connections, and what they share.
///
/// On the loop only. It stands beside the way of a request, not on it: a connection has its requests answered itself.
package final class HTTPServer: ListenerDelegate, TimerTarget {
    /// What the server has seen.
    package struct Counters: Sendable, Equatable {
        /// Connections that were taken.
        package var accepted: UInt64 = 0
        /// Connections that were closed at once because of the limit.
        package var refused: UInt64 = 0
        /// Connections that are open.
        package var open = 0
        /// Connections that the system could not hand over, most often for want of descriptors.
        package var failed: UInt64 = 0
        /// Requests that were refused as malformed, too large or too slow.
        package var malformed: UInt64 = 0
    }

    /// Called for each connection that is closed at once because of the limit.
    package var onRefusal: () -> Void = {}

    let network: Network
    let limits: Limits
    let handler: any RequestHandler
    let request: HTTPRequest
    let headerMilliseconds: UInt64
    let bodyMilliseconds: UInt64
    let idleMilliseconds: UInt64
    let lingerMilliseconds: UInt64
    let serializer: HTTPSerializer
    private var connections: [HTTPServerConnection?] = []
    private var freeSlots: [UInt32] = []
    private var listeners: [Listener] = []
    private var openListeners = 0
    private var counts = Counters()
    private(set) var observer: (any RequestObserver)?
    private var onStopped: (() -> Void)?
    private var drainTimer: TimerToken?

    package init(network: Network, limits: Limits, handler: any RequestHandler) {
        self.network = network
        self.limits = limits
        self.handler = handler
        request = HTTPRequest(limits: limits)
        headerMilliseconds = limits.headerTimeout.millisecondsRoundedUp
        bodyMilliseconds = limits.bodyTimeout.millisecondsRoundedUp
        idleMilliseconds = limits.idleTimeout.millisecondsRoundedUp
        lingerMilliseconds = limits.lingerTimeout.millisecondsRoundedUp
        serializer = HTTPSerializer(timers: network.timers)
    }

    /// What the server has seen so far.
    package var counters: Counters {
        var counters = counts
        counters.refused += listeners.reduce(0) { $0 + $1.refusedCount }
        counters.failed += listeners.reduce(0) { $0 + $1.failedCount }
        return counters
    }

    /// Has every answer told to `observer`; before the first request.
    package func observe(with observer: (any RequestObserver)?) { self.observer = observer }

    /// Listens on one more address, and answers with the port, which matters where 0 was asked for.
    package func listen(on address: SocketAddress, loop: UVLoop) throws(ReactorError) -> Int {
        precondition(onStopped == nil, "a server that stops listens nowhere else")
        let listener = Listener(network: network, delegate: self)
        let port = try listener.start(on: address, loop: loop)
        listeners.append(listener)
        openListeners += 1
        return port
    }

    /// Leaves new connections with the kernel until `resume`.
    package func pause() { for listener in listeners { listener.pause() } }

    /// Accepts connections again.
    package func resume() { for listener in listeners { listener.resume() } }

    /// Stops: listens nowhere, closes what is idle, finishes what has begun, and cuts off what is left after
    /// the drain timeout.
    ///
    /// `completion` is called when the last connection is gone.
    package func stop(completion: @escaping () -> Void) {
        precondition(onStopped == nil, "a server is stopped once")
        onStopped = completion
        for listener in listeners {
            listener.close { [self] in
                openListeners -= 1
                finishStopping()
            }
        }
        for connection in connections { connection?.drain() }
        if counts.open > 0 {
            let limit = limits.drainTimeout.millisecondsRoundedUp
            let deadline = network.timers.monotonicNow.advanced(byMilliseconds: limit)
            drainTimer = network.timers.insert(.monotonic, at: deadline, for: self)
        }
        finishStopping()
    }

    /// The drain timeout: cuts off what is left.
    package func timerFired(_ token: TimerToken) {
        drainTimer = nil
        for connection in connections { connection?.close() }
    }

    // MARK: ListenerDelegate

    var hasRoom: Bool { counts.open < limits.connections && onStopped == nil }

    func refusedOne() { onRefusal() }

    /// Serves a transport that was accepted, or made by a test.
    package func accepted(_ transport: any Transport) {
        let slot: UInt32
        if let free = freeSlots.popLast() {
            slot = free
        } else {
            slot = UInt32(connections.count)
            connections.append(nil)
        }
        let connection = HTTPServerConnection(server: self, transport: transport, slot: slot)
        connections[Int(slot)] = connection
        counts.accepted += 1
        counts.open += 1
        connection.start(at: network.timers.monotonicNow)
    }

    // MARK: The connections' side

    func countMalformed() { counts.malformed += 1 }

    func connectionClosed(_ slot: UInt32) {
        connections[Int(slot)] = nil
        freeSlots.append(slot)
        counts.open -= 1
        finishStopping()
    }

    private func finishStopping() {
        guard counts.open == 0, openListeners == 0, let completion = onStopped else { return }
        if let drainTimer { network.timers.remove(.monotonic, drainTimer) }
        drainTimer = nil
        counts = counters
        listeners = []
        onStopped = {}
        completion()
    }
}
