internal import CLibuv

/// One TCP socket of a loop, accepted or connected.
///
/// # Life
/// The handle keeps the object alive until its close callback, which also frees the handle and the requests made on
/// it: libuv has answered every one of them by then.
@safe final class UVTCP: Transport {
    private let raw: UnsafeMutablePointer<uv_tcp_t>
    private let readBuffer: ReadBuffer
    private let thread = UVThreadCheck()
    private var delegate: (any TransportDelegate)?
    private var onConnect: ((ReactorError?) -> Void)?
    private var isClosing = false
    // Made when first needed: most sockets never wait for a write.
    private var writeRequest: UnsafeMutablePointer<uv_write_t>?
    private var shutdownRequest: UnsafeMutablePointer<uv_shutdown_t>?
    private var connectRequest: UnsafeMutablePointer<uv_connect_t>?

    init(loop: UVLoop, readBuffer: ReadBuffer) throws(ReactorError) {
        self.readBuffer = readBuffer
        unsafe raw = .allocate(capacity: 1)
        do { try unsafe ReactorError.check(uv_tcp_init(loop.raw, raw), "uv_tcp_init") } catch {
            unsafe raw.deallocate()
            throw error
        }
        // SAFETY: the handle keeps `self` alive; the close callback gives this reference back.
        unsafe raw.pointee.data = Unmanaged.passRetained(self).toOpaque()
    }

    /// Takes the next connection of a listener.
    func accept(from server: UnsafeMutablePointer<uv_stream_t>) throws(ReactorError) {
        try unsafe ReactorError.check(uv_accept(server, stream), "uv_accept")
    }

    /// Sends small writes at once; an answer is one write here, so there is nothing to wait for.
    func setNoDelay() throws(ReactorError) {
        try unsafe ReactorError.check(uv_tcp_nodelay(raw, 1), "uv_tcp_nodelay")
    }

    /// Connects; `completion` is called once, not before this returns, and with an error too when `close` comes first.
    func connect(to address: SocketAddress, completion: @escaping (ReactorError?) -> Void)
        throws(ReactorError)
    {
        precondition(unsafe connectRequest == nil, "a socket connects once")
        let request = UnsafeMutablePointer<uv_connect_t>.allocate(capacity: 1)
        unsafe connectRequest = request
        let status = unsafe address.withSystemAddress {
            unsafe uv_tcp_connect(request, raw, $0, Self.connected)
        }
        try ReactorError.check(status, "uv_tcp_connect")
        onConnect = completion
    }

    // MARK: Transport

    func attach(_ delegate: any TransportDelegate) { self.delegate = delegate }

    func startReading() throws(ReactorError) {
        let status = unsafe uv_read_start(stream, Self.wantsBuffer, Self.read)
        // Reading already is what was asked for.
        if status != UV_EALREADY.rawValue { try ReactorError.check(status, "uv_read_start") }
    }

    func stopReading() { unsafe uv_read_stop(stream) }

    func tryWrite(_ bytes: UnsafeRawBufferPointer) throws(ReactorError) -> Int {
        var buffer = unsafe Self.buffer(bytes)
        let status = unsafe uv_try_write(stream, &buffer, 1)
        if status == UV_EAGAIN.rawValue { return 0 }
        try ReactorError.check(status, "uv_try_write")
        return Int(status)
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(ReactorError) {
        let request: UnsafeMutablePointer<uv_write_t>
        if let made = unsafe writeRequest {
            unsafe request = made
        } else {
            unsafe request = .allocate(capacity: 1)
        }
        unsafe writeRequest = request
        var buffer = unsafe Self.buffer(bytes)
        try unsafe ReactorError.check(uv_write(request, stream, &buffer, 1, Self.wrote), "uv_write")
    }

    func endWriting() {
        guard !isClosing, unsafe shutdownRequest == nil else { return }
        let request = UnsafeMutablePointer<uv_shutdown_t>.allocate(capacity: 1)
        unsafe shutdownRequest = request
        // A stream that is no longer connected needs no end; reading or the owner's deadline sees to it.
        if unsafe uv_shutdown(request, stream, Self.shutDown) < 0 { unsafe Self.shutDown(request, 0) }
    }

    func close() {
        guard !isClosing else { return }
        isClosing = true
        unsafe raw.withMemoryRebound(to: uv_handle_t.self, capacity: 1) { unsafe uv_close($0, Self.closed) }
    }

    /// Asks libuv for the socket's number in the kernel; 0 for success.
    func getDescriptor(_ descriptor: inout uv_os_fd_t) -> CInt {
        unsafe raw.withMemoryRebound(to: uv_handle_t.self, capacity: 1) { unsafe uv_fileno($0, &descriptor) }
    }

    // MARK: Trampolines

    private var stream: UnsafeMutablePointer<uv_stream_t> {
        // SAFETY: libuv lays a `uv_tcp_t` out with a `uv_stream_t` in front and casts between them itself.
        unsafe UnsafeMutableRawPointer(raw).assumingMemoryBound(to: uv_stream_t.self)
    }

    /// libuv takes a mutable pointer for writes too, and does not write through it.
    private static func buffer(_ bytes: UnsafeRawBufferPointer) -> uv_buf_t {
        let start = unsafe UnsafeMutableRawPointer(mutating: bytes.baseAddress)?.assumingMemoryBound(
            to: CChar.self)
        return unsafe uv_buf_t(base: start, len: bytes.count)
    }

    private static let wantsBuffer: uv_alloc_cb = { raw, _, buffer in
        guard let data = unsafe raw?.pointee.data else { return }
        unsafe Unmanaged<UVTCP>.fromOpaque(data)._withUnsafeGuaranteedRef { tcp in
            let start = unsafe tcp.readBuffer.bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            unsafe buffer?.pointee = uv_buf_t(base: start, len: ReadBuffer.capacity)
        }
    }

    private static let read: uv_read_cb = { raw, count, buffer in
        // 0 bytes mean that there was nothing after all, which libuv reports so that a buffer can be given back.
        guard count != 0, let data = unsafe raw?.pointee.data else { return }
        let start = unsafe buffer?.pointee.base
        unsafe Unmanaged<UVTCP>.fromOpaque(data)._withUnsafeGuaranteedRef { tcp in
            tcp.thread.check()
            if count > 0 {
                unsafe tcp.delegate?.transportRead(UnsafeMutableRawBufferPointer(start: start, count: count))
            } else if Int32(count) == UV_EOF.rawValue {
                tcp.delegate?.transportEnded()
            } else {
                tcp.delegate?.transportFailed(ReactorError(uv: Int32(count), operation: "read"))
            }
        }
    }

    private static let wrote: uv_write_cb = { request, status in
        guard let data = unsafe request?.pointee.handle?.pointee.data else { return }
        unsafe Unmanaged<UVTCP>.fromOpaque(data)._withUnsafeGuaranteedRef { tcp in
            tcp.thread.check()
            tcp.delegate?.transportWrote(status < 0 ? ReactorError(uv: status, operation: "uv_write") : nil)
        }
    }

    private static let shutDown: uv_shutdown_cb = { _, _ in
        // Nothing waits for it: the peer's own end, its reset or a deadline comes next.
    }

    private static let connected: uv_connect_cb = { request, status in
        guard let data = unsafe request?.pointee.handle?.pointee.data else { return }
        unsafe Unmanaged<UVTCP>.fromOpaque(data)._withUnsafeGuaranteedRef { tcp in
            tcp.thread.check()
            let completion = tcp.onConnect
            tcp.onConnect = nil
            completion?(status < 0 ? ReactorError(uv: status, operation: "connect") : nil)
        }
    }

    private static let closed: uv_close_cb = { raw in
        guard let data = unsafe raw?.pointee.data else { return }
        let tcp = unsafe Unmanaged<UVTCP>.fromOpaque(data).takeRetainedValue()
        tcp.thread.check()
        unsafe tcp.writeRequest?.deallocate()
        unsafe tcp.shutdownRequest?.deallocate()
        unsafe tcp.connectRequest?.deallocate()
        unsafe tcp.raw.deallocate()
        let delegate = tcp.delegate
        tcp.delegate = nil
        delegate?.transportClosed()
    }
}
