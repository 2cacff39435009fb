internal import Reactor

/// Asks a host over HTTP, on a loop of its own.
///
/// An actor on that loop, as everything that speaks HTTP lives on one.
actor HostClient {
    /// The longest answer that is taken, in bytes; a page of a list is far shorter.
    static let longestAnswer = 16 << 20

    private let loop: EventLoop
    private nonisolated let executor: LoopExecutor
    private let host: HostAddress
    private let timeout: Duration
    private let token: String?
    private var client: HTTPClient?

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// A client of one host; nothing is sent yet.
    ///
    /// - Parameter timeout: how long an answer may take.
    init(_ host: HostAddress, timeout: Duration = .seconds(30)) throws {
        self.timeout = timeout
        // The administration asks for none, and a token goes to nobody who needs it not.
        token = host.isAdministration ? nil : try Secret.read("DAPR_API_TOKEN", file: nil)
        guard (token ?? "").utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw HostFailure("DAPR_API_TOKEN has characters that are not visible ASCII: give another")
        }
        loop = try EventLoop()
        executor = loop.executor
        self.host = host
    }

    /// Asks for an answer as a whole; anything but a 2xx is thrown, in the host's own words.
    @discardableResult
    func ask(_ method: StaticString, _ target: String, body: [UInt8] = []) async throws -> [UInt8] {
        let collected = CollectedBody(limit: Self.longestAnswer)
        let request = request(method, target, body: body, timeout: timeout)
        let status = try await send(request) { _, bytes in collected.take(bytes) }
        guard (200...299).contains(status) else { throw refusal(status, collected.bytes) }
        return collected.bytes
    }

    /// Asks for a stream of events, and hands each to `onEvent`, on the loop, until the host ends it.
    func listen(_ target: String, onEvent: @escaping @Sendable (ServerEvent) -> Void) async throws {
        let collected = CollectedBody(limit: ServerEventReader.longestEvent)
        let reader = ServerEventReader()
        let request = request("GET", target, body: [], timeout: nil)
        let status = try await send(request) { status, bytes in
            guard status == 200 else { return collected.take(bytes) }
            return reader.read(bytes, onEvent)
        }
        guard status == 200 else { throw refusal(status, collected.bytes) }
    }

    private func request(_ method: StaticString, _ target: String, body: [UInt8], timeout: Duration?)
        -> HTTPClientRequest
    {
        var fields = "User-Agent: mainspring\r\n"
        if let token { fields += "dapr-api-token: \(token)\r\n" }
        if !body.isEmpty { fields += "Content-Type: application/json\r\n" }
        return HTTPClientRequest(
            method: method, target: Array(target.utf8), fields: Array(fields.utf8), body: body,
            timeout: timeout)
    }

    private func send(_ request: HTTPClientRequest, onBody: @escaping HTTPAnswerBody) async throws -> Int {
        let pool = try pool()
        let result: Result<Int, HTTPClientFailure> = await withCheckedContinuation { continuation in
            pool.send(request, onBody: onBody) { result in
                switch result {
                case .response(let status): continuation.resume(returning: .success(status))
                case .failed(let failure): continuation.resume(returning: .failure(failure))
                }
            }
        }
        do { return try result.get() } catch { throw HostFailure(sentence(error)) }
    }

    private func pool() throws -> HTTPClientPool {
        if let client { return client.pool(for: host.address) }
        guard let sockets = executor.driver.sockets else { throw HostFailure("this loop has no sockets") }
        let network = Network(timers: executor.timers)
        let client = HTTPClient(
            network: network, dialer: SocketDialer(loop: sockets, network: network), limits: Limits())
        self.client = client
        return client.pool(for: host.address)
    }

    // MARK: What went wrong

    private func sentence(_ failure: HTTPClientFailure) -> String {
        let place = "\(host.address) (\(host.origin))"
        return switch failure.kind {
        case .refused: "no host answers at \(place): \(HostFailure.howToStart)"
        case .timedOut: "the host at \(place) has not answered within \(timeout.components.seconds) s"
        case .malformed: "what answers at \(place) does not speak HTTP/1.1"
        case .bodyRefused: "the host at \(place) has sent more than is taken"
        case .brokenBeforeAnswer, .brokenWithinAnswer, .closed:
            "the host at \(place) has closed the connection: it may have stopped"
        }
    }

    /// The host's own message, where it has given one.
    private func refusal(_ status: Int, _ body: [UInt8]) -> HostFailure {
        if let message = JSONFields(body, ["message"])?.text("message") {
            return HostFailure(TerminalText.visible(message))
        }
        let text = TerminalText.visible(String(decoding: body.prefix(200), as: UTF8.self))
        if status == 401 {
            return HostFailure(
                "the host at \(host.address) asks for a token: set DAPR_API_TOKEN, or DAPR_API_TOKEN_FILE (it says: \(text))"
            )
        }
        return HostFailure("the host at \(host.address) answered \(status): \(text)")
    }
}

/// A body that is kept up to a limit.
private final class CollectedBody {
    private(set) var bytes: [UInt8] = []
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    func take(_ more: [UInt8]) -> Bool {
        guard bytes.count + more.count <= limit else { return false }
        bytes += more
        return true
    }
}

/// One event of a stream: its name and its data.
struct ServerEvent: Sendable, Equatable {
    var name = ""
    var data: [UInt8] = []
}

/// Cuts a stream of server-sent events into events; comments are passed over.
final class ServerEventReader {
    /// The longest event that is taken, in bytes.
    static let longestEvent = 64 << 10

    private var line: [UInt8] = []
    private var event = ServerEvent()

    /// Reads on; `false` for an event that is too long.
    func read(_ bytes: [UInt8], _ onEvent: (ServerEvent) -> Void) -> Bool {
        for byte in bytes {
            guard byte == UInt8(ascii: "\n") else {
                guard line.count + event.data.count < Self.longestEvent else { return false }
                line.append(byte)
                continue
            }
            if line.isEmpty {
                if !event.data.isEmpty { onEvent(event) }
                event = ServerEvent()
            } else if line.starts(with: "event: ".utf8) {
                event.name = String(decoding: line.dropFirst(7), as: UTF8.self)
            } else if line.starts(with: "data: ".utf8) {
                event.data += line.dropFirst(6)
            }
            line.removeAll(keepingCapacity: true)
        }
        return true
    }
}
