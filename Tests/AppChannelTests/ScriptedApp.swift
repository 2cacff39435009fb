import Reactor

/// An app without a socket: takes connections or refuses them, and answers as the test says, on the loop's own clock.
final class ScriptedApp: Dialer {
    /// What becomes of a request.
    enum Reply {
        case status(Int)
        /// An answer as it stands on the wire.
        case text(String)
        /// No answer, until the host gives up.
        case silence
        case hangUp
    }

    /// A request as it came.
    struct Call {
        let line: String
        let fields: [String]
        let milliseconds: UInt64
    }

    /// What happens in the next turn; a timer of its own each, as on a real loop.
    private final class Later: TimerTarget {
        let action: () -> Void
        init(_ action: @escaping () -> Void) { self.action = action }
        func timerFired(_ token: TimerToken) { action() }
    }

    private let timers: LoopTimers
    private let start: UInt64
    /// Whether the port takes connections; `nil` neither takes nor refuses.
    var isListening: Bool? = true
    var reply: (Call) -> Reply = { _ in .status(200) }
    private(set) var calls: [Call] = []
    /// When connections were tried, in milliseconds after the start.
    private(set) var dials: [UInt64] = []
    var openConnections: Int { connections.count }
    private var connections: [ObjectIdentifier: ScriptedConnection] = [:]

    init(timers: LoopTimers) {
        self.timers = timers
        start = timers.monotonicNow.milliseconds
    }

    var milliseconds: UInt64 { timers.monotonicNow.milliseconds - start }

    /// The request lines so far, such as `POST /job/a HTTP/1.1`.
    var lines: [String] { calls.map(\.line) }

    /// When requests of a target came.
    func times(_ target: String) -> [UInt64] {
        calls.filter { $0.line.split(separator: " ")[1] == target }.map(\.milliseconds)
    }

    func dial(
        _ address: SocketAddress, completion: @escaping (ReactorError?) -> Void
    ) throws(ReactorError) -> any Transport {
        dials.append(milliseconds)
        let connection = ScriptedConnection(self)
        connections[ObjectIdentifier(connection)] = connection
        guard let isListening else { return connection }
        later {
            if connection.isClosed { return }
            completion(
                isListening
                    ? nil : ReactorError(code: .system, operation: "connect", reason: "connection refused"))
        }
        return connection
    }

    fileprivate func later(_ action: @escaping () -> Void) {
        _ = timers.insert(.monotonic, at: timers.monotonicNow, for: Later(action))
    }

    /// The app closes every connection.
    func endAll() { for connection in connections.values { later { connection.end() } } }

    fileprivate func ended(_ connection: ScriptedConnection) {
        connections[ObjectIdentifier(connection)] = nil
    }

    fileprivate func answer(_ request: String) -> Reply {
        var lines = request.split(separator: "\r\n").map(String.init)
        let line = lines.removeFirst()
        let call = Call(line: line, fields: lines, milliseconds: milliseconds)
        calls.append(call)
        return reply(call)
    }
}

/// One connection to a scripted app; takes all bytes at once, and a whole request with each write.
private final class ScriptedConnection: Transport {
    private let app: ScriptedApp
    private var delegate: (any TransportDelegate)?
    private(set) var isClosed = false

    init(_ app: ScriptedApp) { self.app = app }

    func attach(_ delegate: any TransportDelegate) { self.delegate = delegate }
    func startReading() throws(ReactorError) {}
    func stopReading() {}
    func acknowledgeNow() {}

    func endWriting() {}
    func write(_ bytes: UnsafeRawBufferPointer) throws(ReactorError) {}

    func tryWrite(_ bytes: UnsafeRawBufferPointer) throws(ReactorError) -> Int {
        let request = unsafe String(decoding: bytes, as: UTF8.self)
        app.later { [self] in
            switch app.answer(request) {
            case .status(let status):
                read("HTTP/1.1 \(status) Scripted\r\nContent-Length: 2\r\n\r\nno")
            case .text(let text): read(text)
            case .silence: break
            case .hangUp: end()
            }
        }
        return bytes.count
    }

    func end() {
        if !isClosed { delegate?.transportEnded() }
    }

    private func read(_ text: String) {
        guard !isClosed else { return }
        let bytes = Array(text.utf8)
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: bytes.count + ByteBuffer.padding, alignment: 64)
        unsafe buffer.copyBytes(from: bytes)
        unsafe delegate?.transportRead(UnsafeMutableRawBufferPointer(rebasing: buffer[..<bytes.count]))
        unsafe buffer.deallocate()
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        app.later { [self] in
            app.ended(self)
            delegate?.transportClosed()
            delegate = nil
        }
    }
}
