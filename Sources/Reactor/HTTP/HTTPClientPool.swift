/// The connections to one target, kept alive between requests.
///
/// The pool never queues and never tries again: `freeSlots` says how many requests it takes now, `onSlotFreed` that it
/// takes one more, and what becomes of a failed request is for the caller to decide. On the loop only.
package final class HTTPClientPool {
    let network: Network
    let limits: Limits
    let dialer: any Dialer
    let address: SocketAddress
    private let hostField: [UInt8]
    private var idle: [HTTPClientConnection] = []
    private var open: [ObjectIdentifier: HTTPClientConnection] = [:]
    private var busy = 0
    private var isClosed = false
    private var whenSlotFreed: (() -> Void)?
    private var whenClosed: (() -> Void)?

    package init(address: SocketAddress, network: Network, dialer: any Dialer, limits: Limits) {
        self.address = address
        self.network = network
        self.dialer = dialer
        self.limits = limits
        hostField = Array(" HTTP/1.1\r\nHost: \(address.authority)\r\n".utf8)
    }

    /// How many more requests may be out at once.
    package var freeSlots: Int { isClosed ? 0 : limits.clientConnections - busy }

    /// How many requests are out.
    package var busyCount: Int { busy }

    /// How many connections wait for a request.
    package var idleCount: Int { idle.count }

    /// Has `call` called whenever a request has ended, after its completion.
    package func onSlotFreed(_ call: @escaping () -> Void) { whenSlotFreed = call }

    /// Sends a request; there must be a free slot.
    ///
    /// `completion` is called once, and not before this returns. A request that must not meet a connection that its peer
    /// may have closed while it was idle is sent on a fresh one. The answer's body goes to `onBody`, or is dropped.
    package func send(
        _ request: HTTPClientRequest, onFreshConnection: Bool = false, onBody: HTTPAnswerBody? = nil,
        completion: @escaping (HTTPClientResult) -> Void
    ) {
        precondition(freeSlots > 0, "a request needs a free slot, and an open pool")
        busy += 1
        // The one that was used last is the least likely to have been closed by the peer.
        if !onFreshConnection, let connection = idle.popLast() {
            return connection.send(request, onBody: onBody, completion: completion)
        }
        let connection = HTTPClientConnection(
            pool: self, request: request, onBody: onBody, completion: completion)
        open[ObjectIdentifier(connection)] = connection
        connection.dial()
    }

    /// Closes every connection; what is out fails with `closed`.
    ///
    /// `completion` is called when the last one has gone.
    package func close(completion: @escaping () -> Void = {}) {
        precondition(!isClosed, "a pool is closed once")
        isClosed = true
        whenClosed = completion
        for connection in Array(open.values) { connection.close() }
        finishClosing()
    }

    // MARK: The connections' side

    /// Whether one more connection may wait for a request.
    var keepsIdle: Bool { !isClosed && idle.count < limits.clientIdleConnections }

    func idleDeadline() -> Tick { deadline(after: limits.clientIdleTimeout) }

    func deadline(of request: HTTPClientRequest) -> Tick {
        guard let timeout = request.timeout else { return Connection.never }
        return deadline(after: timeout)
    }

    /// Adds the request as it goes over the wire.
    func write(_ request: HTTPClientRequest, to output: ByteBuffer) {
        output.append(request.method)
        output.append(" ")
        output.append(request.target)
        output.append(hostField)
        output.append(request.fields)
        if request.sendsLength {
            output.append("Content-Length: ")
            output.append(decimal: request.body.count)
            output.append("\r\n")
        }
        output.append("\r\n")
        output.append(request.body)
    }

    /// The connection has its answer, and takes the next request.
    func connectionBecameIdle(_ connection: HTTPClientConnection) {
        busy -= 1
        idle.append(connection)
    }

    /// The connection waited for a request, and closes.
    func connectionLeftIdle(_ connection: HTTPClientConnection) { idle.removeAll { $0 === connection } }

    /// The connection has its answer, and closes.
    func connectionFreed(_ connection: HTTPClientConnection) { busy -= 1 }

    /// The connection is gone; `wasBusy` says whether a request was on it.
    func connectionEnded(_ connection: HTTPClientConnection, wasBusy: Bool) {
        if wasBusy { busy -= 1 }
        open[ObjectIdentifier(connection)] = nil
    }

    /// The last step of whatever has ended, behind its completion.
    func settle(slotWasFreed: Bool) {
        if isClosed { finishClosing() } else if slotWasFreed { whenSlotFreed?() }
    }

    private func deadline(after duration: Duration) -> Tick {
        network.timers.monotonicNow.advanced(byMilliseconds: duration.millisecondsRoundedUp)
    }

    private func finishClosing() {
        guard isClosed, open.isEmpty, let completion = whenClosed else { return }
        whenClosed = nil
        whenSlotFreed = nil
        completion()
    }
}
