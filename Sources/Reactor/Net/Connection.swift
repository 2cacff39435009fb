/// Who speaks a protocol over a connection, on the loop.
package protocol ConnectionDelegate: AnyObject {
    /// Bytes came; see `TransportDelegate.transportRead` for how long they are valid.
    func connectionRead(_ bytes: UnsafeMutableRawBufferPointer)

    /// The peer sends nothing more, and may read on.
    func connectionEnded()

    /// The write queue went over its limit and is short again.
    func connectionDrained()

    /// The deadline that was set last has passed; there is none now.
    func connectionDeadlinePassed()

    /// The last call: the connection is gone, by an error of the peer's or the system's if there is one.
    func connectionClosed(_ error: ReactorError?)
}

/// A transport with a write queue, back-pressure and a deadline: what every protocol needs of a connection.
///
/// # Back-pressure
/// While more than `queueLimit` bytes wait for the peer nothing of it is read: a peer that does not listen cannot make
/// us speak more. It is read again when half of the limit is left.
///
/// # The deadline
/// Moving it to a later time is one store. The timer stays where it is, and when it fires it sees that the deadline
/// has moved, and sleeps on. So a request costs no timer operation.
///
/// # The end
/// `finish` sends what waits, then closes; with a linger it closes only after the peer has, or after that long: closing
/// a socket with unread bytes resets it, and may destroy an answer the peer has not read yet (RFC 9112, 9.6).
package final class Connection: TransportDelegate, TimerTarget {
    private enum State { case open, finishing(lingerMilliseconds: UInt64?), lingering, closing }

    private let transport: any Transport
    private let timers: LoopTimers
    private let queueLimit: Int
    private var delegate: (any ConnectionDelegate)?
    private var queue = WriteQueue()
    private var state = State.open
    private var error: ReactorError?
    private var isHeldByOwner = false
    private var isHeldByQueue = false
    private var hasEnded = false
    private var deadline = Connection.never
    private var armedFor = Connection.never
    private var timer: TimerToken?

    /// The deadline that never passes.
    package static let never = Tick(milliseconds: .max)

    package init(transport: any Transport, timers: LoopTimers, queueLimit: Int) {
        self.transport = transport
        self.timers = timers
        self.queueLimit = queueLimit
    }

    /// Starts to read.
    ///
    /// A transport that cannot is closed, and the delegate told so.
    package func start(_ delegate: any ConnectionDelegate) {
        self.delegate = delegate
        transport.attach(self)
        updateReading()
    }

    /// Whether more waits for the peer than it should.
    package var isOverLimit: Bool { isHeldByQueue }
    /// Whether nothing waits for the peer.
    package var isFlushed: Bool { queue.isEmpty }

    /// Sends bytes, at once or when the peer takes them; they are copied if they must wait.
    package func write(_ bytes: UnsafeRawBufferPointer) {
        guard case .open = state else { return }
        var sent = 0
        do {
            if queue.isEmpty { sent = try unsafe transport.tryWrite(bytes) }
            if sent == bytes.count { return }
            unsafe queue.append(UnsafeRawBufferPointer(rebasing: bytes[sent...]))
            try writeNext()
        } catch {
            return fail(error)
        }
        if queue.count > queueLimit, !isHeldByQueue {
            isHeldByQueue = true
            updateReading()
        }
    }

    /// Has the peer told at once that its bytes came: it may keep the rest of its message back until then.
    package func acknowledgeNow() {
        if case .open = state { transport.acknowledgeNow() }
    }

    /// Stops reading for the owner's sake: it has enough bytes for now.
    package func holdReading() {
        if isHeldByOwner { return }
        isHeldByOwner = true
        updateReading()
    }

    /// Reads again, unless the write queue is over its limit.
    package func releaseReading() {
        if !isHeldByOwner { return }
        isHeldByOwner = false
        updateReading()
    }

    /// Moves the deadline; `never` takes it away.
    package func setDeadline(_ tick: Tick) {
        deadline = tick
        if tick < armedFor { arm() }
    }

    /// Sends what waits, then closes.
    ///
    /// With a linger, what the peer still sends is read and dropped until it ends.
    package func finish(lingerMilliseconds: UInt64? = nil) {
        guard case .open = state else { return }
        state = .finishing(lingerMilliseconds: lingerMilliseconds)
        finishIfFlushed()
    }

    /// Closes now; what waits is lost.
    package func close() { fail(nil) }

    // MARK: TransportDelegate

    package func transportRead(_ bytes: UnsafeMutableRawBufferPointer) {
        // In every other state the bytes are read to be dropped.
        if case .open = state { unsafe delegate?.connectionRead(bytes) }
    }

    package func transportEnded() {
        hasEnded = true
        switch state {
        case .open: delegate?.connectionEnded()
        case .lingering: close()
        case .finishing, .closing: break
        }
    }

    package func transportFailed(_ error: ReactorError) { fail(error) }

    package func transportWrote(_ error: ReactorError?) {
        queue.finished()
        if let error { return fail(error) }
        do { try writeNext() } catch { return fail(error) }
        finishIfFlushed()
        guard isHeldByQueue, queue.count <= queueLimit / 2 else { return }
        isHeldByQueue = false
        updateReading()
        if case .open = state { delegate?.connectionDrained() }
    }

    package func transportClosed() {
        if let timer { timers.remove(.monotonic, timer) }
        timer = nil
        state = .closing
        let delegate = self.delegate
        self.delegate = nil
        delegate?.connectionClosed(error)
    }

    // MARK: TimerTarget

    package func timerFired(_ token: TimerToken) {
        timer = nil
        armedFor = Self.never
        if deadline == Self.never { return }
        if deadline > timers.monotonicNow { return arm() }
        deadline = Self.never
        switch state {
        case .open, .finishing: delegate?.connectionDeadlinePassed()
        case .lingering: close()
        case .closing: break
        }
    }

    // MARK: Steps

    private func writeNext() throws(ReactorError) {
        if let next = unsafe queue.next() { try unsafe transport.write(next) }
    }

    private func finishIfFlushed() {
        guard case .finishing(let linger) = state, queue.isEmpty else { return }
        guard let linger, !hasEnded else { return close() }
        state = .lingering
        transport.endWriting()
        isHeldByOwner = false
        isHeldByQueue = false
        updateReading()
        setDeadline(timers.monotonicNow.advanced(byMilliseconds: linger))
    }

    private func fail(_ error: ReactorError?) {
        if case .closing = state { return }
        state = .closing
        self.error = error
        transport.close()
    }

    private func updateReading() {
        if case .closing = state { return }
        if isHeldByOwner || isHeldByQueue { return transport.stopReading() }
        if hasEnded { return }
        do { try transport.startReading() } catch { fail(error) }
    }

    private func arm() {
        if case .closing = state { return }
        if let timer { timers.remove(.monotonic, timer) }
        timer = timers.insert(.monotonic, at: deadline, for: self)
        armedFor = deadline
    }
}
