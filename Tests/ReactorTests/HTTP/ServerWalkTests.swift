import Glibc
import TestKit
import Testing

@testable import Reactor

/// A peer on a real socket that sends what it is given and keeps what it gets.
private final class RawPeer: TransportDelegate {
    private let socket: UVSocket
    private let input: [UInt8]
    private let onEnd: (RawPeer) -> Void
    private(set) var received: [UInt8] = []
    private(set) var failure: ReactorError?

    /// `onEnd` is called when the other side has closed.
    convenience init(_ loop: UVLoop, port: Int, input: String, onEnd: @escaping (RawPeer) -> Void) throws {
        try self.init(loop, SocketAddress(host: "127.0.0.1", port: port), input: input, onEnd: onEnd)
    }

    init(_ loop: UVLoop, _ address: SocketAddress, input: String, onEnd: @escaping (RawPeer) -> Void) throws {
        self.input = Array(input.utf8)
        self.onEnd = onEnd
        socket = try UVSocket(loop: loop, readBuffer: ReadBuffer(), isUnix: address.unixPath != nil)
        socket.attach(self)
        try socket.connect(to: address) { [self] error in
            connected(error)
        }
    }

    func close() { socket.close() }

    func send(_ text: String) throws {
        let bytes = Array(text.utf8)
        let sent = try unsafe bytes.withUnsafeBytes { bytes throws(ReactorError) in
            try unsafe socket.tryWrite(bytes)
        }
        #expect(sent == bytes.count)
    }

    private func connected(_ error: ReactorError?) {
        failure = error
        do {
            if let error { throw error }
            try socket.startReading()
            try send(String(decoding: input, as: UTF8.self))
        } catch {
            socket.close()
        }
    }

    func transportRead(_ bytes: UnsafeMutableRawBufferPointer) { unsafe received += bytes }
    func transportEnded() { socket.close() }
    func transportWrote(_ error: ReactorError?) {}

    func transportFailed(_ error: ReactorError) {
        failure = error
        socket.close()
    }

    func transportClosed() { onEnd(self) }
}

/// A server on a loop that the test's own thread turns, until nothing is left on it.
private final class Walk {
    let loop: UVLoop
    let handler = RecordingHandler()
    let server: HTTPServer
    private let executor = LoopExecutor(driver: VirtualDriver(startingAt: WallTime(seconds: 0), seed: 1))

    init(limits: Limits = Limits()) throws {
        loop = try UVLoop()
        server = HTTPServer(network: Network(timers: executor.timers), limits: limits, handler: handler)
    }

    func listen() throws -> Int { try server.listen(on: SocketAddress("127.0.0.1:0"), loop: loop) }

    /// Turns the loop; returns when every handle on it is closed.
    func run() {
        loop.run()
        loop.close()
    }
}

@Suite struct ServerWalkTests {
    /// The rights to a file, or `nil` where there is none.
    private func mode(of path: String) -> mode_t? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        return status.st_mode & 0o7777
    }

    @Test("a request walks through real sockets, and a stop leaves no handle behind")
    func walk() throws {
        let walk = try Walk()
        let port = try walk.listen()
        walk.handler.answer = { request, _ in
            .respond(request.method == .post ? .json(status: 200, Array("[1]".utf8)) : .noContent)
        }
        var isStopped = false
        let input = """
            GET /a HTTP/1.1\r\nHost: x\r\n\r\nPOST /b HTTP/1.1\r\nHost: x\r\nConnection: close\r
            Content-Length: 2\r\n\r\n{}
            """
        let peer = try RawPeer(walk.loop, port: port, input: input) { _ in
            walk.server.stop { isStopped = true }
        }
        walk.run()
        #expect(isStopped)
        #expect(statuses(peer.received) == [204, 200])
        #expect(String(decoding: peer.received, as: UTF8.self).hasSuffix("\r\n\r\n[1]"))
        #expect(walk.handler.seen == [SeenRequest(.get, "/a"), SeenRequest(.post, "/b", body: "{}")])
        #expect(walk.server.counters.accepted == 1)
        #expect(walk.server.counters.open == 0)
    }

    @Test(
        "a Unix socket is for its own user alone, carries requests as TCP does, and is gone after a stop",
        arguments: ["", String(repeating: "long", count: 30) + "/"])
    func unixSocket(folder: String) throws {
        let temporary = try TemporaryFolder()
        let path = "\(temporary.path)/\(folder)host.sock"
        if !folder.isEmpty { _ = unsafe mkdir("\(temporary.path)/\(folder)", 0o700) }
        let walk = try Walk()
        walk.handler.answer = { _, _ in .respond(.noContent) }
        #expect(try walk.server.listen(on: SocketAddress(unixPath: path), loop: walk.loop) == 0)
        #expect(mode(of: path) == 0o600)
        let input = "GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        let peer = try RawPeer(walk.loop, SocketAddress(unixPath: path), input: input) { peer in
            peer.close()
            walk.server.stop {}
        }
        walk.run()
        #expect(statuses(peer.received) == [204])
        #expect(mode(of: path) == nil)
    }

    @Test("a Unix socket whose path nobody listens on is refused, and one in no folder cannot be made")
    func noUnixSocket() throws {
        let temporary = try TemporaryFolder()
        let walk = try Walk()
        let peer = try RawPeer(walk.loop, SocketAddress(unixPath: "\(temporary.path)/nobody"), input: "") {
            _ in
        }
        walk.run()
        #expect(peer.failure != nil)
        let other = try Walk()
        #expect(throws: ReactorError.self) {
            try other.server.listen(
                on: SocketAddress(unixPath: "\(temporary.path)/none/host.sock"), loop: other.loop)
        }
        other.run()
    }

    @Test("an answer of megabytes arrives whole through a real socket")
    func largeAnswer() throws {
        let walk = try Walk()
        let port = try walk.listen()
        let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 / 1000) }
        walk.handler.answer = { _, _ in .respond(.json(status: 200, body)) }
        let input = "GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        let peer = try RawPeer(walk.loop, port: port, input: input) { _ in walk.server.stop {} }
        walk.run()
        #expect(Array(peer.received.suffix(body.count)) == body)
    }

    @Test("past the limit a connection is closed at once, and those that live stay")
    func connectionLimit() throws {
        var limits = Limits()
        limits.connections = 1
        let walk = try Walk(limits: limits)
        let port = try walk.listen()
        let get = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
        var refused: RawPeer?
        let first = try RawPeer(walk.loop, port: port, input: get) { _ in walk.server.stop {} }
        walk.handler.answer = { [unowned walk] _, _ in
            // The first one is being served, so its place is taken.
            if refused == nil {
                do {
                    refused = try RawPeer(walk.loop, port: port, input: get) { _ in
                        #expect(walk.server.counters.refused == 1)
                        #expect(throws: Never.self) {
                            try first.send("GET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                        }
                    }
                } catch {
                    Issue.record(error)
                }
            }
            return .respond(.noContent)
        }
        walk.run()
        #expect(refused?.received == [])
        #expect(statuses(first.received) == [204, 204])
        #expect(walk.handler.seen.map(\.path) == ["/a", "/b"])
    }

    @Test("a paused server leaves connections with the kernel until it resumes")
    func pause() throws {
        let walk = try Walk()
        let port = try walk.listen()
        walk.server.pause()
        let close = "GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        let first = try RawPeer(walk.loop, port: port, input: close) { _ in walk.server.stop {} }
        // Nobody listens on port 1, so this peer's failure comes a turn later, and is the cue.
        _ = try RawPeer(walk.loop, port: 1, input: "") { _ in
            #expect(walk.server.counters.accepted == 0)
            walk.server.resume()
        }
        walk.run()
        #expect(statuses(first.received) == [204])
    }

    @Test("a port that is taken is named as such")
    func takenPort() throws {
        let walk = try Walk()
        let port = try walk.listen()
        let error = #expect(throws: ReactorError.self) {
            try walk.server.listen(on: SocketAddress(host: "127.0.0.1", port: port), loop: walk.loop)
        }
        #expect(error?.code == .addressInUse)
        walk.server.stop {}
        walk.run()
    }
}
