/// An HTTP/1.1 client that blocks: one connection, kept alive, and any bytes a test wants to send.
package final class HTTPConnection {
    /// What a connection waits for, at most.
    private static let patienceInSeconds = 30

    private let socket: TestSocket
    private var buffer: [UInt8] = []

    /// Connects to a port of 127.0.0.`number`.
    package init(port: UInt16, number: UInt8 = 1) throws {
        socket = try TestSocket(port: port, number: number)
    }

    /// Sends a request and waits for its answer.
    package func request(
        _ method: String, _ target: String, headers: [String] = [], body: String? = nil
    ) throws -> HTTPAnswer {
        try send(method, target, headers: headers, body: body)
        return try receive()
    }

    /// Sends a request and waits for nothing.
    package func send(_ method: String, _ target: String, headers: [String] = [], body: String? = nil) throws
    {
        var lines = ["\(method) \(target) HTTP/1.1", "Host: 127.0.0.1"] + headers
        if let body { lines += ["Content-Type: application/json", "Content-Length: \(body.utf8.count)"] }
        try send(raw: lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? ""))
    }

    /// Sends bytes as they are.
    package func send(raw text: String) throws { try send(Array(text.utf8)) }

    /// Sends bytes as they are.
    package func send(_ bytes: [UInt8]) throws {
        try socket.send(bytes, by: .seconds(HTTPConnection.patienceInSeconds))
    }

    /// Waits for the next answer, in the order of the requests.
    package func receive() throws -> HTTPAnswer {
        let deadline = Deadline.seconds(HTTPConnection.patienceInSeconds)
        while true {
            if let (answer, length) = try HTTPAnswer.parse(buffer) {
                buffer.removeFirst(length)
                return answer
            }
            let bytes = try socket.receive(by: deadline)
            if bytes.isEmpty { throw TestFailure("the peer closed before it had answered") }
            buffer += bytes
        }
    }

    /// Reads until the peer closes, and returns all of it as text.
    package func receiveToEnd() throws -> String {
        let deadline = Deadline.seconds(HTTPConnection.patienceInSeconds)
        while true {
            let bytes = try socket.receive(by: deadline)
            if bytes.isEmpty { break }
            buffer += bytes
        }
        defer { buffer = [] }
        return String(decoding: buffer, as: UTF8.self)
    }

    /// Whether bytes or the peer's end have arrived and were not read yet.
    package var hasInput: Bool { !buffer.isEmpty || socket.hasInput }

    /// Says that nothing more will be sent.
    package func finishSending() { socket.finishSending() }

    /// Breaks the connection, so that the peer sees a reset.
    package func resetOnClose() { socket.resetOnClose() }
}
