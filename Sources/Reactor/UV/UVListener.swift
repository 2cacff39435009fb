internal import CLibuv
internal import Glibc

/// One listening stream socket of a loop, TCP or Unix.
@safe final class UVListener {
    private let loop: UVLoop
    private let memory: UVStreamMemory
    private let readBuffer: ReadBuffer
    private let onConnection: (ReactorError?) -> Void
    private var onClosed: (() -> Void)?
    private var isClosing = false
    /// The path that it listens on, whose folder stays open as long, for libuv to find it when it closes.
    private var unixPath: UnixPath?

    /// `onConnection` says that one waits to be taken by `accept`, or that the system could not make it.
    init(
        loop: UVLoop, readBuffer: ReadBuffer, isUnix: Bool = false,
        onConnection: @escaping (ReactorError?) -> Void
    ) throws(ReactorError) {
        self.loop = loop
        self.readBuffer = readBuffer
        self.onConnection = onConnection
        memory = try UVStreamMemory(loop: loop, isUnix: isUnix)
        // SAFETY: the handle keeps `self` alive; the close callback gives this reference back.
        unsafe memory.handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
    }

    /// Starts to listen, and answers with the port that it is on.
    ///
    /// `close` is the owner's next step if it throws.
    func listen(on address: SocketAddress, backlog: Int32) throws(ReactorError) -> Int {
        if let path = address.unixPath { return try listen(onPath: path, backlog: backlog) }
        let bound = unsafe address.withSystemAddress { unsafe uv_tcp_bind(memory.tcp, $0, 0) }
        try ReactorError.check(bound, "uv_tcp_bind")
        try unsafe ReactorError.check(uv_listen(memory.stream, backlog, Self.connection), "uv_listen")
        return try unsafe SocketAddress.localPort(of: memory.tcp)
    }

    /// Listens on a path, for the user of this process alone; answers 0, as there is no port.
    ///
    /// libuv removes the path when the handle is closed.
    private func listen(onPath path: String, backlog: Int32) throws(ReactorError) -> Int {
        let short = try UnixPath(path)
        try unsafe ReactorError.check(uv_pipe_bind(memory.pipe, short.text), "uv_pipe_bind")
        unixPath = consume short
        // Nobody is let in before it listens, so nobody comes in between.
        guard unsafe chmod(path, 0o600) == 0 else {
            throw ReactorError(uv: -errno, operation: "chmod of a Unix socket")
        }
        try unsafe ReactorError.check(uv_listen(memory.stream, backlog, Self.connection), "uv_listen")
        return 0
    }

    /// The connection that `onConnection` spoke of.
    ///
    /// Until it is taken, libuv asks the kernel for no other.
    func accept() throws(ReactorError) -> UVSocket {
        let socket = try UVSocket(loop: loop, readBuffer: readBuffer, isUnix: memory.isUnix)
        do {
            try unsafe socket.accept(from: memory.stream)
            try socket.setNoDelay()
        } catch {
            socket.close()
            throw error
        }
        return socket
    }

    /// Stops listening; `completion` is called when the socket is gone.
    func close(completion: @escaping () -> Void) {
        precondition(!isClosing, "a listener is closed once")
        isClosing = true
        onClosed = completion
        unsafe uv_close(memory.handle, Self.closed)
    }

    private static let connection: uv_connection_cb = { raw, status in
        guard let data = unsafe raw?.pointee.data else { return }
        unsafe Unmanaged<UVListener>.fromOpaque(data)._withUnsafeGuaranteedRef { listener in
            listener.onConnection(status < 0 ? ReactorError(uv: status, operation: "accept") : nil)
        }
    }

    private static let closed: uv_close_cb = { raw in
        guard let data = unsafe raw?.pointee.data else { return }
        let listener = unsafe Unmanaged<UVListener>.fromOpaque(data).takeRetainedValue()
        listener.memory.deallocate()
        let completion = listener.onClosed
        listener.onClosed = nil
        completion?()
    }
}
