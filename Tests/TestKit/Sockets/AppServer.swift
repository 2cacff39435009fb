internal import Glibc

/// The socket side of an `AppSink`: one thread, one `poll` over all connections.
final class AppServer {
    private final class Peer {
        let socket: TestSocket
        var buffer: [UInt8] = []
        var isHeld = false
        init(_ socket: TestSocket) { self.socket = socket }
    }

    private let listener: Listener
    private let wakeUp: WakeUp
    private let handle: (AppSink.Call) -> AppSink.Reply
    private var peers: [Int32: Peer] = [:]

    init(listener: Listener, wakeUp: WakeUp, handle: @escaping (AppSink.Call) -> AppSink.Reply) {
        self.listener = listener
        self.wakeUp = wakeUp
        self.handle = handle
    }

    /// Waits for something to happen and deals with it.
    func turn() {
        var entries = [listener.descriptor, wakeUp.readingEnd].map { pollfd(descriptor: $0, events: POLLIN) }
        entries += peers.keys.map { pollfd(descriptor: $0, events: POLLIN) }
        guard unsafe poll(&entries, nfds_t(entries.count), -1) > 0 else { return }
        for entry in entries where entry.revents != 0 {
            if entry.fd == listener.descriptor {
                if let socket = listener.accept() { peers[socket.descriptor] = Peer(socket) }
            } else if entry.fd == wakeUp.readingEnd {
                wakeUp.drain()
            } else if let peer = peers[entry.fd], !read(peer) {
                peers[entry.fd] = nil
            }
        }
    }

    /// Answers every call that is held.
    func release(with status: Int) {
        for peer in peers.values where peer.isHeld {
            peer.isHeld = false
            if !answer(peer, with: status) || !answerCalls(of: peer) { peers[peer.socket.descriptor] = nil }
        }
    }

    /// Takes what came; whether the connection goes on.
    private func read(_ peer: Peer) -> Bool {
        guard let bytes = try? peer.socket.receive(by: .seconds(0)), !bytes.isEmpty else {
            return false  // the host hung up, which is its right
        }
        peer.buffer += bytes
        return answerCalls(of: peer)
    }

    private func answerCalls(of peer: Peer) -> Bool {
        while !peer.isHeld, let head = HTTPHead(peer.buffer) {
            let length = head.length + head.contentLength
            guard peer.buffer.count >= length else { break }
            let body = String(decoding: peer.buffer[head.length..<length], as: UTF8.self)
            peer.buffer.removeFirst(length)
            switch handle(call(head, body)) {
            case .status(let status): if !answer(peer, with: status) { return false }
            case .hold: peer.isHeld = true
            case .hangUp: return false
            }
        }
        return true
    }

    private func call(_ head: HTTPHead, _ body: String) -> AppSink.Call {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        let words = head.firstLine.split(separator: " ").map(String.init) + ["", ""]
        return AppSink.Call(
            method: words[0], path: words[1], headers: head.headers, body: body,
            nanosecondsSince1970: Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec))
    }

    private func answer(_ peer: Peer, with status: Int) -> Bool {
        let text = "HTTP/1.1 \(status) Scripted\r\nContent-Length: 0\r\n\r\n"
        // An answer that nobody takes any more is the host's loss, not the app's.
        return (try? peer.socket.send(Array(text.utf8), by: .seconds(30))) != nil
    }
}

/// A pipe that wakes a thread out of `poll`.
final class WakeUp: Sendable {
    private let pipe: Pipe

    init() throws { pipe = try Pipe() }

    deinit { pipe.closeWritingEnd() }

    var readingEnd: Int32 { pipe.readingEnd }

    func signal() {
        var byte: UInt8 = 1
        unsafe write(pipe.writingEnd, &byte, 1)
    }

    func drain() {
        var bytes = [UInt8](repeating: 0, count: 64)
        unsafe Glibc.read(pipe.readingEnd, &bytes, bytes.count)
    }
}
