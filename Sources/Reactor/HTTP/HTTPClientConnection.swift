/// One connection of a pool: sends a request at a time, and reads its answer.
///
/// ```
///   dialing --connected--> busy --answered--> idle --send--> busy …
///      |                    |                  |
///      '------ refused -----+---- broken ------+---> closing --> gone
/// ```
final class HTTPClientConnection: ConnectionDelegate, TimerTarget {
    private enum State { case dialing, busy, idle, closing }

    private let pool: HTTPClientPool
    private let parser: HTTPResponseParser
    private var connection: Connection?
    private var dialed: (any Transport)?
    private var state = State.dialing
    /// What is to be sent once there is a connection.
    private var waiting: HTTPClientRequest?
    private var completion: ((HTTPClientResult) -> Void)?
    private var onBody: HTTPAnswerBody?
    private var deadline = Connection.never
    private var dialTimer: TimerToken?
    private var hasAnswerBegun = false
    private var isReused = false
    /// Why the connection is being closed, where it is known before it has closed.
    private var failure: HTTPClientFailure?

    init(
        pool: HTTPClientPool, request: HTTPClientRequest, onBody: HTTPAnswerBody?,
        completion: @escaping (HTTPClientResult) -> Void
    ) {
        self.pool = pool
        self.onBody = onBody
        self.completion = completion
        waiting = request
        deadline = pool.deadline(of: request)
        parser = HTTPResponseParser(headLimit: pool.limits.responseHeaderBytes)
    }

    /// Connects, and sends the request that the connection was made for.
    func dial() {
        let timers = pool.network.timers
        do {
            dialed = try pool.dialer.dial(pool.address) { [self] error in connected(error) }
        } catch {
            // No socket could be made. Said a turn later, as every other end is.
            failure = HTTPClientFailure(.refused, error: error)
            dialTimer = timers.insert(.monotonic, at: timers.monotonicNow, for: self)
            return
        }
        if deadline != Connection.never { dialTimer = timers.insert(.monotonic, at: deadline, for: self) }
    }

    /// Sends another request on a connection that is idle.
    func send(
        _ request: HTTPClientRequest, onBody: HTTPAnswerBody?,
        completion: @escaping (HTTPClientResult) -> Void
    ) {
        precondition(state == .idle, "a connection has one request at a time")
        self.onBody = onBody
        self.completion = completion
        deadline = pool.deadline(of: request)
        isReused = true
        write(request)
    }

    /// Ends the connection; a request on it fails with `closed`.
    func close() {
        switch state {
        case .dialing: endDialing(HTTPClientFailure(.closed))
        case .busy: end(HTTPClientFailure(.closed))
        case .idle: end(nil)
        case .closing: break
        }
    }

    // MARK: Dialing

    /// The dial's own deadline, or its failure to begin.
    func timerFired(_ token: TimerToken) {
        dialTimer = nil
        endDialing(failure ?? HTTPClientFailure(.timedOut))
    }

    private func connected(_ error: ReactorError?) {
        guard state == .dialing, let transport = dialed, let request = waiting else { return }
        if let error { return endDialing(HTTPClientFailure(.refused, error: error)) }
        dialed = nil
        waiting = nil
        stopDialTimer()
        let connection = Connection(
            transport: transport, timers: pool.network.timers, queueLimit: pool.limits.writeQueueBytes)
        self.connection = connection
        connection.start(self)
        write(request)
    }

    private func endDialing(_ failure: HTTPClientFailure) {
        stopDialTimer()
        state = .closing
        dialed?.close()
        dialed = nil
        waiting = nil
        let completion = takeCompletion()
        pool.connectionEnded(self, wasBusy: true)
        completion?(.failed(failure))
        pool.settle(slotWasFreed: true)
    }

    private func stopDialTimer() {
        if let dialTimer { pool.network.timers.remove(.monotonic, dialTimer) }
        dialTimer = nil
    }

    // MARK: ConnectionDelegate

    func connectionRead(_ bytes: UnsafeMutableRawBufferPointer) {
        switch state {
        case .busy:
            hasAnswerBegun = true
            switch unsafe parser.parse(UnsafeRawBufferPointer(bytes)) {
            case .incomplete: connection?.acknowledgeNow()
            case .complete(let status, let isReusable): finish(status: status, isReusable: isReusable)
            case .malformed: end(HTTPClientFailure(.malformed))
            case .bodyRefused: end(HTTPClientFailure(.bodyRefused))
            }
        // Nothing was asked; most often the peer says that it is about to close.
        case .idle: end(nil)
        case .dialing, .closing: break
        }
    }

    func connectionEnded() {
        switch state {
        case .busy:
            if hasAnswerBegun, case .complete(let status, _) = parser.end() {
                finish(status: status, isReusable: false)
            } else {
                end(broken(nil))
            }
        case .idle: end(nil)
        case .dialing, .closing: break
        }
    }

    func connectionDrained() {}

    func connectionDeadlinePassed() {
        switch state {
        case .busy: end(HTTPClientFailure(.timedOut))
        case .idle: end(nil)
        case .dialing, .closing: break
        }
    }

    func connectionClosed(_ error: ReactorError?) {
        let wasBusy = completion != nil
        let failure = self.failure ?? broken(error)
        if state == .idle { pool.connectionLeftIdle(self) }
        state = .closing
        connection = nil
        let completion = takeCompletion()
        pool.connectionEnded(self, wasBusy: wasBusy)
        completion?(.failed(failure))
        pool.settle(slotWasFreed: wasBusy)
    }

    // MARK: Steps

    private func write(_ request: HTTPClientRequest) {
        state = .busy
        hasAnswerBegun = false
        parser.begin(isHead: request.isHead, onBody: onBody.take())
        let output = pool.network.output
        let mark = output.count
        pool.write(request, to: output)
        unsafe connection?.write(output.bytes(from: mark))
        output.truncate(to: mark)
        connection?.setDeadline(deadline)
    }

    /// The answer is whole.
    ///
    /// The completion comes last: it may well send the next request on this very connection.
    private func finish(status: Int, isReusable: Bool) {
        let completion = takeCompletion()
        // An answer that came before its request was taken leaves the rest of the request in the way.
        if isReusable, connection?.isFlushed == true, pool.keepsIdle {
            state = .idle
            connection?.setDeadline(pool.idleDeadline())
            pool.connectionBecameIdle(self)
        } else {
            state = .closing
            pool.connectionFreed(self)
            connection?.close()
        }
        completion?(.response(status: status))
        pool.settle(slotWasFreed: true)
    }

    /// Closes; a request that is out fails when the connection has gone.
    private func end(_ failure: HTTPClientFailure?) {
        if state == .idle { pool.connectionLeftIdle(self) }
        self.failure = failure
        state = .closing
        connection?.close()
    }

    private func broken(_ error: ReactorError?) -> HTTPClientFailure {
        let kind: HTTPClientFailure.Kind =
            hasAnswerBegun ? .brokenWithinAnswer : .brokenBeforeAnswer(reusedConnection: isReused)
        return HTTPClientFailure(kind, error: error)
    }

    private func takeCompletion() -> ((HTTPClientResult) -> Void)? {
        defer { completion = nil }
        return completion
    }
}
