internal import Reactor

/// Tells whoever listens of each trigger's outcome, as server-sent events.
///
/// An event goes out at the end of the turn, with all others of that turn in one write. Where nobody listens the executor
/// is not even asked to tell: a trigger pays for a look at an empty field. On the loop only.
final class FiredEvents: TimerTarget {
    private let executor: JobExecutor
    private let timers: LoopTimers
    private let limits: JobLimits
    private var listeners: [EventListener] = []
    private var keepAlive: TimerToken?

    init(_ executor: JobExecutor, on loop: LoopParts) {
        self.executor = executor
        timers = loop.timers
        limits = loop.limits
        loop.executor.atTurnEnd { [weak self] in self?.flush() }
    }

    /// Answers a request with the events of the jobs whose names begin with `prefix`; false where too many listen.
    func listen(_ ticket: RequestTicket, prefix: [UInt8]) -> Bool {
        guard listeners.count < limits.eventListeners else { return false }
        let listener = EventListener(prefix: prefix, limit: limits.eventsPerListener)
        var head = HTTPResponse(status: 200, contentType: "text/event-stream")
        head.fields = "Cache-Control: no-store\r\n"
        let stream = ticket.stream(
            head, onRoom: { listener.flush() }, onEnd: { [unowned self] in remove(listener) })
        // HEAD has had its answer.
        guard let stream else { return true }
        listener.begin(on: stream)
        listeners.append(listener)
        executor.onFired = { [unowned self] in tell($0) }
        if keepAlive == nil { armKeepAlive() }
        return true
    }

    func timerFired(_ token: TimerToken) {
        for listener in listeners { listener.keepAlive() }
        armKeepAlive()
    }

    private func armKeepAlive() {
        let deadline = timers.monotonicNow.advanced(byMilliseconds: limits.eventKeepAliveMilliseconds)
        keepAlive = timers.insert(.monotonic, at: deadline, for: self)
    }

    private func remove(_ listener: EventListener) {
        listener.end()
        listeners.removeAll { $0 === listener }
        guard listeners.isEmpty else { return }
        executor.onFired = nil
        if let keepAlive { timers.remove(.monotonic, keepAlive) }
        keepAlive = nil
    }

    private func tell(_ tick: FiredTick) {
        var event: [UInt8]?
        for listener in listeners where tick.name.starts(with: listener.prefix) {
            let bytes = event ?? FiredEvent.bytes(tick)
            event = bytes
            listener.take(bytes)
        }
    }

    private func flush() { for listener in listeners { listener.flush() } }
}

/// One listener, and the events that wait for him.
private final class EventListener {
    let prefix: [UInt8]
    private let limit: Int
    private var stream: HTTPStream?
    private var waiting: [[UInt8]] = []
    private var dropped = 0

    init(prefix: [UInt8], limit: Int) {
        self.prefix = prefix
        self.limit = limit
    }

    func begin(on stream: HTTPStream) {
        self.stream = stream
        stream.write(Array(": listening\n\n".utf8))
    }

    /// Lets go of the stream, which holds the listener, and of what he was not sent.
    func end() {
        stream = nil
        waiting = []
    }

    /// Keeps an event until it can be sent; past the limit it is dropped, and counted.
    func take(_ event: [UInt8]) {
        if waiting.count >= limit { flush() }
        guard waiting.count < limit else {
            dropped += 1
            return
        }
        noteDropped()
        waiting.append(event)
    }

    /// Sends what waits, if the peer takes it.
    func flush() {
        guard !waiting.isEmpty || dropped > 0, let stream, stream.hasRoom else { return }
        noteDropped()
        stream.write(Array(waiting.joined()))
        waiting.removeAll(keepingCapacity: true)
    }

    /// Says that it is still there, unless something else is on its way.
    func keepAlive() {
        guard let stream, waiting.isEmpty, stream.hasRoom else { return }
        stream.write(Array(": keep-alive\n\n".utf8))
    }

    private func noteDropped() {
        guard dropped > 0 else { return }
        waiting.append(Array("event: dropped\ndata: {\"count\":\(dropped)}\n\n".utf8))
        dropped = 0
    }
}

/// The event of one outcome.
enum FiredEvent {
    /// So many bytes of a handler's reason are told.
    static let longestReason = 1024

    static func bytes(_ tick: FiredTick) -> [UInt8] {
        var bytes = Array("event: fired\ndata: {\"name\":".utf8)
        JSONString.append(tick.name.span, style: .protobuf, to: &bytes)
        bytes.append(contentsOf: #","planned":"\#(RFC3339.text(tick.planned))""#.utf8)
        bytes.append(contentsOf: #","fired":"\#(RFC3339.text(tick.fired))""#.utf8)
        bytes.append(contentsOf: #","lateMilliseconds":\#(milliseconds(tick.fired - tick.planned))"#.utf8)
        bytes.append(contentsOf: #","attempt":\#(tick.attempt),"runId":"\#(tick.runID)""#.utf8)
        let (outcome, reason) = words(tick.outcome)
        bytes.append(contentsOf: #","outcome":"\#(outcome)""#.utf8)
        if let reason {
            bytes.append(contentsOf: #","reason":"#.utf8)
            JSONString.append(
                Array(reason.utf8.prefix(longestReason)).span, style: .protobuf, to: &bytes)
        }
        if let next = tick.next { bytes.append(contentsOf: #","next":"\#(RFC3339.text(next))""#.utf8) }
        bytes.append(contentsOf: "}\n\n".utf8)
        return bytes
    }

    private static func words(_ outcome: TriggerOutcome) -> (String, reason: String?) {
        switch outcome {
        case .succeeded: ("succeeded", nil)
        case .failed(let reason): ("failed", reason)
        case .cancelled(let reason): ("cancelled", reason)
        case .snoozed: ("snoozed", nil)
        case .undeliverable: ("undeliverable", nil)
        }
    }

    /// With the microseconds as a fraction.
    private static func milliseconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let micros = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        let fraction = String(micros.magnitude % 1000)
        return (micros < 0 ? "-" : "") + "\(micros.magnitude / 1000)."
            + String(repeating: "0", count: 3 - fraction.utf8.count) + fraction
    }
}
