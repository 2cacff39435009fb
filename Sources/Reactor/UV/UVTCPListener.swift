internal import CLibuv

/// One listening TCP socket of a loop.
@safe final class UVTCPListener {
    private let loop: UVLoop
    private let raw: UnsafeMutablePointer<uv_tcp_t>
    private let readBuffer: ReadBuffer
    private let onConnection: (ReactorError?) -> Void
    private var onClosed: (() -> Void)?
    private var isClosing = false

    /// `onConnection` says that one waits to be taken by `accept`, or that the system could not make it.
    init(
        loop: UVLoop, readBuffer: ReadBuffer, onConnection: @escaping (ReactorError?) -> Void
    ) throws(ReactorError) {
        self.loop = loop
        self.readBuffer = readBuffer
        self.onConnection = onConnection
        unsafe raw = .allocate(capacity: 1)
        do { try unsafe ReactorError.check(uv_tcp_init(loop.raw, raw), "uv_tcp_init") } catch {
            unsafe raw.deallocate()
            throw error
        }
        // SAFETY: the handle keeps `self` alive; the close callback gives this reference back.
        unsafe raw.pointee.data = Unmanaged.passRetained(self).toOpaque()
    }

    /// Starts to listen, and answers with the port that it is on.
    ///
    /// `close` is the owner's next step if it throws.
    func listen(on address: SocketAddress, backlog: Int32) throws(ReactorError) -> Int {
        let bound = unsafe address.withSystemAddress { unsafe uv_tcp_bind(raw, $0, 0) }
        try ReactorError.check(bound, "uv_tcp_bind")
        try unsafe ReactorError.check(uv_listen(stream, backlog, Self.connection), "uv_listen")
        return try unsafe SocketAddress.localPort(of: raw)
    }

    /// The connection that `onConnection` spoke of.
    ///
    /// Until it is taken, libuv asks the kernel for no other.
    func accept() throws(ReactorError) -> UVTCP {
        let tcp = try UVTCP(loop: loop, readBuffer: readBuffer)
        do {
            try unsafe tcp.accept(from: stream)
            try tcp.setNoDelay()
        } catch {
            tcp.close()
            throw error
        }
        return tcp
    }

    /// Stops listening; `completion` is called when the socket is gone.
    func close(completion: @escaping () -> Void) {
        precondition(!isClosing, "a listener is closed once")
        isClosing = true
        onClosed = completion
        unsafe raw.withMemoryRebound(to: uv_handle_t.self, capacity: 1) { unsafe uv_close($0, Self.closed) }
    }

    private var stream: UnsafeMutablePointer<uv_stream_t> {
        // SAFETY: libuv lays a `uv_tcp_t` out with a `uv_stream_t` in front and casts between them itself.
        unsafe UnsafeMutableRawPointer(raw).assumingMemoryBound(to: uv_stream_t.self)
    }

    private static let connection: uv_connection_cb = { raw, status in
        guard let data = unsafe raw?.pointee.data else { return }
        unsafe Unmanaged<UVTCPListener>.fromOpaque(data)._withUnsafeGuaranteedRef { listener in
            listener.onConnection(status < 0 ? ReactorError(uv: status, operation: "accept") : nil)
        }
    }

    private static let closed: uv_close_cb = { raw in
        guard let data = unsafe raw?.pointee.data else { return }
        let listener = unsafe Unmanaged<UVTCPListener>.fromOpaque(data).takeRetainedValue()
        unsafe listener.raw.deallocate()
        let completion = listener.onClosed
        listener.onClosed = nil
        completion?()
    }
}
