internal import CLibuv

/// One stream socket of a loop, TCP or Unix, accepted or connected.
///
/// # Life
/// The handle keeps the object alive until its close callback, which also frees the handle and the requests made on
/// it: libuv has answered every one of them by then.
@safe final class UVSocket: Transport {
    private let memory: UVStreamMemory
    private let readBuffer: ReadBuffer
    private let thread = UVThreadCheck()
    private var delegate: (any TransportDelegate)?
    /// Whether it is a Unix socket.
    var isUnix: Bool { memory.isUnix }
    private var onConnect: ((ReactorError?) -> Void)?
    private var isClosing = false
    // Made when first needed: most sockets never wait for a write.
    private var writeRequest: UnsafeMutablePointer<uv_write_t>?
    private var shutdownRequest: UnsafeMutablePointer<uv_shutdown_t>?
    private var connectRequest: UnsafeMutablePointer<uv_connect_t>?

    /// A socket that is not connected yet, for addresses of one kind.
    init(loop: UVLoop, readBuffer: ReadBuffer, isUnix: Bool = false) throws(ReactorError) {
        self.readBuffer = readBuffer
        memory = try UVStreamMemory(loop: loop, isUnix: isUnix)
        // SAFETY: the handle keeps `self` alive; the close callback gives this reference back.
        unsafe memory.handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
    }

    /// Takes the next connection of a listener.
    func accept(from server: UnsafeMutablePointer<uv_stream_t>) throws(ReactorError) {
        try unsafe ReactorError.check(uv_accept(server, stream), "uv_accept")
    }

    /// Sends small writes at once; an answer is one write here, so there is nothing to wait for.
    ///
    /// A Unix socket does so by itself.
    func setNoDelay() throws(ReactorError) {
        if memory.isUnix { return }
        try unsafe ReactorError.check(uv_tcp_nodelay(memory.tcp, 1), "uv_tcp_nodelay")
    }

    /// Connects; `completion` is called once, not before this returns, and with an error too when `close` comes first.
    func connect(to address: SocketAddress, completion: @escaping (ReactorError?) -> Void)
        throws(ReactorError)
    {
        precondition(unsafe connectRequest == nil, "a socket connects once")
        let request = UnsafeMutablePointer<uv_connect_t>.allocate(capacity: 1)
        unsafe connectRequest = request
        if let path = address.unixPath {
            let path = try UnixPath(path)
            // It answers through the callback alone, never before it returns.
            unsafe uv_pipe_connect(request, memory.pipe, path.text, Self.connected)
        } else {
            let status = unsafe address.withSystemAddress {
                unsafe uv_tcp_connect(request, memory.tcp, $0, Self.connected)
            }
            try ReactorError.check(status, "uv_tcp_connect")
        }
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
        unsafe uv_close(memory.handle, Self.closed)
    }

    /// Asks libuv for the socket's number in the kernel; 0 for success.
    func getDescriptor(_ descriptor: inout uv_os_fd_t) -> CInt {
        unsafe uv_fileno(memory.handle, &descriptor)
    }

    // MARK: Trampolines

    private var stream: UnsafeMutablePointer<uv_stream_t> { unsafe memory.stream }

    /// libuv takes a mutable pointer for writes too, and does not write through it.
    private static func buffer(_ bytes: UnsafeRawBufferPointer) -> uv_buf_t {
        let start = unsafe UnsafeMutableRawPointer(mutating: bytes.baseAddress)?.assumingMemoryBound(
            to: CChar.self)
        return unsafe uv_buf_t(base: start, len: bytes.count)
    }

    private static let wantsBuffer: uv_alloc_cb = { raw, _, buffer in
        guard let data = unsafe raw?.pointee.data else { return }
        unsafe Unmanaged<UVSocket>.fromOpaque(data)._withUnsafeGuaranteedRef { socket in
            let start = unsafe socket.readBuffer.bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            unsafe buffer?.pointee = uv_buf_t(base: start, len: ReadBuffer.capacity)
        }
    }

    private static let read: uv_read_cb = { raw, count, buffer in
        // 0 bytes mean that there was nothing after all, which libuv reports so that a buffer can be given back.
        guard count != 0, let data = unsafe raw?.pointee.data else { return }
        let start = unsafe buffer?.pointee.base
        unsafe Unmanaged<UVSocket>.fromOpaque(data)._withUnsafeGuaranteedRef { socket in
            socket.thread.check()
            if count > 0 {
                unsafe socket.delegate?.transportRead(
                    UnsafeMutableRawBufferPointer(start: start, count: count))
            } else if Int32(count) == UV_EOF.rawValue {
                socket.delegate?.transportEnded()
            } else {
                socket.delegate?.transportFailed(ReactorError(uv: Int32(count), operation: "read"))
            }
        }
    }

    private static let wrote: uv_write_cb = { request, status in
        guard let data = unsafe request?.pointee.handle?.pointee.data else { return }
        unsafe Unmanaged<UVSocket>.fromOpaque(data)._withUnsafeGuaranteedRef { socket in
            socket.thread.check()
            socket.delegate?.transportWrote(
                status < 0 ? ReactorError(uv: status, operation: "uv_write") : nil)
        }
    }

    private static let shutDown: uv_shutdown_cb = { _, _ in
        // Nothing waits for it: the peer's own end, its reset or a deadline comes next.
    }

    private static let connected: uv_connect_cb = { request, status in
        guard let data = unsafe request?.pointee.handle?.pointee.data else { return }
        unsafe Unmanaged<UVSocket>.fromOpaque(data)._withUnsafeGuaranteedRef { socket in
            socket.thread.check()
            let completion = socket.onConnect
            socket.onConnect = nil
            completion?(status < 0 ? ReactorError(uv: status, operation: "connect") : nil)
        }
    }

    private static let closed: uv_close_cb = { raw in
        guard let data = unsafe raw?.pointee.data else { return }
        let socket = unsafe Unmanaged<UVSocket>.fromOpaque(data).takeRetainedValue()
        socket.thread.check()
        unsafe socket.writeRequest?.deallocate()
        unsafe socket.shutdownRequest?.deallocate()
        unsafe socket.connectRequest?.deallocate()
        socket.memory.deallocate()
        let delegate = socket.delegate
        socket.delegate = nil
        delegate?.transportClosed()
    }
}
