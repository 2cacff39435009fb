/// One connection of a server: cuts what it reads into requests, has them answered, and sends the answers in order.
///
/// # Order
/// A read is parsed where it lies. Each request goes to the handler, and its answer behind those of the requests
/// before it in the loop's output buffer, which is sent with one write when the bytes are used up. A handler that
/// answers later stops the parser; the bytes behind its request are kept, and parsed when it has answered.
final class HTTPServerConnection: ConnectionDelegate {
    private let server: HTTPServer
    private let connection: Connection
    private let parser: HTTPParser
    private let serializer: HTTPSerializer
    private let output: ByteBuffer
    private let slot: UInt32
    private var machine = ConnectionMachine()
    /// The beginning of a message whose rest is awaited, or requests that wait for the one before them.
    private var kept = ByteBuffer()
    private var requestNumber: UInt32 = 0
    private var answerOptions = HTTPSerializer.Options()
    private var isParsing = false
    /// The answer that is being sent piece by piece, while there is one.
    private var stream: HTTPStream?
    private var isVersion10 = false
    /// What the observer is told of the request that is owed an answer, once it has one.
    private var askedRoute: Int?
    private var askedMethod = HTTPMethod.other
    private var askedAt = Tick(milliseconds: 0)
    /// The time as the read or the late answer under way found it.
    private var now = Tick(milliseconds: 0)
    /// How the connection ends once what was said is written; `nil` while it stays.
    private var ending: Ending?

    private enum Ending { case close, linger }

    /// So much of answers is sent before more requests of the same read are looked at.
    private static let outputRun = 64 << 10

    init(server: HTTPServer, transport: any Transport, slot: UInt32) {
        self.server = server
        self.slot = slot
        serializer = server.serializer
        output = server.network.output
        parser = HTTPParser(limits: server.limits)
        connection = Connection(
            transport: transport, timers: server.network.timers, queueLimit: server.limits.writeQueueBytes)
    }

    func start(at now: Tick) {
        connection.setDeadline(now.advanced(byMilliseconds: server.idleMilliseconds))
        connection.start(self)
    }

    /// Answers the request of `number`, if that is still the one that is owed an answer.
    func respond(to number: UInt32, with response: HTTPResponse) {
        guard number == requestNumber, machine.isAnswering else { return }
        let mark = beginOutput()
        answer(response)
        if isParsing { return }
        parseKept(mark)
        send(from: mark)
    }

    /// Ends as soon as nothing is owed.
    func drain() {
        if machine.drain() == .close { connection.finish() }
        guard let stream else { return }
        end(stream)
        stream.ended()
    }

    /// Ends now; what waits is lost.
    func close() { connection.close() }

    // MARK: ConnectionDelegate

    func connectionRead(_ bytes: UnsafeMutableRawBufferPointer) {
        let mark = beginOutput()
        if kept.isEmpty {
            let keep = unsafe parse(bytes, mark)
            unsafe kept.append(UnsafeRawBufferPointer(rebasing: bytes[keep]))
        } else {
            unsafe kept.append(UnsafeRawBufferPointer(bytes))
            parseKept(mark)
        }
        send(from: mark)
        if !machine.parses, kept.count > server.limits.pipelinedBytes { connection.holdReading() }
    }

    func connectionEnded() {
        // Whoever listens to a stream has nothing more to say, so his end is no pause: he has gone.
        if stream != nil { return connection.close() }
        // A part of a message can never be completed now, so it does not count as waiting.
        if machine.peerEnded(hasWaiting: !kept.isEmpty && connection.isOverLimit) == .close {
            connection.finish()
        }
    }

    func connectionDrained() {
        if let stream { return stream.roomAgain() }
        let mark = beginOutput()
        parseKept(mark)
        send(from: mark)
    }

    func connectionDeadlinePassed() {
        if stream != nil, !connection.isFlushed { return connection.close() }
        switch machine.deadlinePassed() {
        case .close: connection.close()
        case .answerTimeout:
            let mark = beginOutput()
            answer(refusal: HTTPRefusal(408, "the request did not arrive in time"))
            send(from: mark)
        case .wait: break
        }
    }

    func connectionClosed(_ error: ReactorError?) {
        machine.closed()
        kept.removeAll()
        let stream = self.stream.take()
        server.connectionClosed(slot)
        stream?.ended()
    }

    // MARK: Requests

    /// Handles the requests in `bytes` until one is to be answered later; returns which bytes to keep.
    private func parse(_ bytes: UnsafeMutableRawBufferPointer, _ mark: Int) -> Range<Int> {
        isParsing = true
        defer { isParsing = false }
        var start = 0
        while start < bytes.count, machine.parses, !connection.isOverLimit {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[start...])
            switch unsafe parser.parse(rest, into: server.request) {
            case .incomplete(let keep):
                if parser.takeHead(), let response = server.handler.refuseHead(server.request) {
                    if machine.refused() == .answerAndFinish {
                        end(with: response, of: server.request.method)
                    }
                    return 0..<0
                }
                starve(hasPart: !keep.isEmpty)
                return start + keep.lowerBound..<start + keep.upperBound
            case .complete(let used):
                start += used
                handle()
                if output.count - mark > Self.outputRun { send(from: mark) }
            case .refused(let refusal):
                if machine.refused() == .answerAndFinish { answer(refusal: refusal) }
                return 0..<0
            }
        }
        if start == bytes.count { starve(hasPart: false) }
        return start..<bytes.count
    }

    /// The same with the bytes that were kept.
    private func parseKept(_ mark: Int) {
        guard machine.parses, !connection.isOverLimit else { return }
        let keep = unsafe parse(kept.bytes, mark)
        kept.truncate(to: keep.upperBound)
        kept.removeFirst(keep.lowerBound)
        if machine.parses || kept.count <= server.limits.pipelinedBytes { connection.releaseReading() }
    }

    private func handle() {
        let request = server.request
        let keepsAlive = parser.shouldKeepAlive
        requestNumber &+= 1
        askedMethod = request.method
        askedAt = now
        machine.requestArrived(keepsAlive: keepsAlive)
        answerOptions.framing = .length
        answerOptions.isHead = request.method == .head
        isVersion10 = request.isVersion10
        answerOptions.tellsKeepAlive = keepsAlive && request.isVersion10
        switch server.handler.handle(request, RequestTicket(connection: self, number: requestNumber)) {
        case .respond(let response): answer(response)
        // An answer that came during the call has moved the machine on already.
        case .later:
            askedRoute = request.route
            if machine.isAnswering, stream == nil { connection.setDeadline(Connection.never) }
        }
    }

    private func answer(_ response: HTTPResponse) {
        let action = machine.answered()
        if action != .drop { observe(response, route: isParsing ? server.request.route : askedRoute) }
        switch action {
        case .write:
            serializer.append(response, answerOptions, to: output)
            connection.setDeadline(deadline(after: server.idleMilliseconds))
        case .writeAndFinish:
            answerOptions.closes = true
            answerOptions.tellsKeepAlive = false
            serializer.append(response, answerOptions, to: output)
            connection.setDeadline(deadline(after: server.idleMilliseconds))
            // A peer that did not ask for the end may be sending its next request.
            ending = parser.shouldKeepAlive ? .linger : .close
        case .drop: break
        }
    }

    // MARK: Streams

    /// Begins the answer to the request of `number`, if that is still the one that is owed an answer.
    func beginStream(
        of number: UInt32, with head: HTTPResponse, onRoom: @escaping () -> Void,
        onEnd: @escaping () -> Void
    ) -> HTTPStream? {
        guard number == requestNumber, machine.isAnswering, stream == nil else { return nil }
        answerOptions.framing = isVersion10 ? .endOfConnection : .chunks
        if isVersion10 { machine.endAfterAnswer() }
        guard !answerOptions.isHead else {
            respond(to: number, with: head)
            return nil
        }
        answerOptions.closes = machine.isLastAnswer
        answerOptions.tellsKeepAlive = false
        let stream = HTTPStream(connection: self, onRoom: onRoom, onEnd: onEnd)
        self.stream = stream
        let mark = beginOutput()
        observe(head, route: isParsing ? server.request.route : askedRoute)
        serializer.append(head, answerOptions, to: output)
        connection.setDeadline(deadline(after: server.idleMilliseconds))
        if !isParsing { send(from: mark) }
        return stream
    }

    func hasRoom(for stream: HTTPStream) -> Bool { self.stream === stream && !connection.isOverLimit }

    func write(_ bytes: [UInt8], to stream: HTTPStream) {
        // A chunk without bytes would be the end.
        guard self.stream === stream, !bytes.isEmpty else { return }
        let mark = beginOutput()
        // Counts from the last moment at which the peer had taken everything.
        if connection.isFlushed { connection.setDeadline(deadline(after: server.idleMilliseconds)) }
        if !isVersion10 { output.append(Array("\(String(bytes.count, radix: 16))\r\n".utf8)) }
        output.append(bytes)
        if !isVersion10 { output.append("\r\n") }
        if !isParsing { send(from: mark) }
    }

    func end(_ stream: HTTPStream) {
        guard self.stream === stream else { return }
        self.stream = nil
        let mark = beginOutput()
        if !isVersion10 { output.append("0\r\n\r\n") }
        connection.setDeadline(deadline(after: server.idleMilliseconds))
        if machine.answered() == .writeAndFinish { ending = parser.shouldKeepAlive ? .linger : .close }
        if isParsing { return }
        parseKept(mark)
        send(from: mark)
    }

    private func observe(_ response: HTTPResponse, route: Int?) {
        guard let observer = server.observer else { return }
        let answered = AnsweredRequest(
            route: route, method: askedMethod, milliseconds: now.milliseconds - askedAt.milliseconds)
        observer.answered(answered, with: response)
    }

    /// The peer may be in the middle of sending, so it gets time to read why nobody listens any more.
    private func answer(refusal: HTTPRefusal) {
        server.countMalformed()
        let isBody = refusal == .bodyTooLarge
        let response =
            isBody
            ? server.handler.refuseBody(server.request) : .text(status: refusal.status, refusal.reason)
        // Of a body that is too large the head was read; of any other refusal nothing is certain.
        end(with: response, of: isBody ? server.request.method : .other)
    }

    /// Answers in the middle of a request, of which nothing more is read.
    private func end(with response: HTTPResponse, of method: HTTPMethod) {
        askedMethod = method
        askedAt = now
        observe(response, route: nil)
        let options = HTTPSerializer.Options(isHead: method == .head, closes: true)
        serializer.append(response, options, to: output)
        connection.setDeadline(deadline(after: server.idleMilliseconds))
        ending = .linger
    }

    private func starve(hasPart: Bool) {
        switch machine.starved(hasPart: hasPart) {
        case .wait: return
        case .close:
            ending = .close
            return
        case .awaitMessage:
            let limit = parser.isInBody ? server.bodyMilliseconds : server.headerMilliseconds
            connection.setDeadline(deadline(after: limit))
        case .awaitRest:
            if parser.isInBody { connection.setDeadline(deadline(after: server.bodyMilliseconds)) }
        }
        if parser.takeContinue() { output.append(HTTPSerializer.continueAnswer) }
    }

    /// Takes the time, and says where in the output the caller's bytes begin.
    private func beginOutput() -> Int {
        now = server.network.timers.monotonicNow
        serializer.refresh(now)
        return output.count
    }

    /// A deadline, counted from the last `beginOutput`.
    private func deadline(after milliseconds: UInt64) -> Tick { now.advanced(byMilliseconds: milliseconds) }

    /// Sends what was added to the output behind `mark`, and takes it off again.
    private func send(from mark: Int) {
        if output.count > mark {
            unsafe connection.write(output.bytes(from: mark))
            output.truncate(to: mark)
        }
        guard let ending else { return }
        self.ending = nil
        switch ending {
        case .close: connection.finish()
        case .linger: connection.finish(lingerMilliseconds: server.lingerMilliseconds)
        }
    }
}
