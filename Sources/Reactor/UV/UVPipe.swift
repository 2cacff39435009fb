internal import CLibuv
internal import Glibc

/// Whom a pipe tells what came out of it, on the loop.
protocol UVPipeDelegate: AnyObject {
    /// Bytes that are valid during the call alone.
    func pipeRead(_ bytes: UnsafeRawBufferPointer)

    /// The last writer has gone, or the pipe cannot be read any more; nothing else comes.
    func pipeEnded()
}

/// The reading end of a pipe whose writing end another process gets.
///
/// A pipe and not the pair of sockets that libuv would make: a script may open `/dev/stderr`, which Linux refuses for a socket.
///
/// # Life
/// The handle keeps the object alive until its close callback.
@safe final class UVPipe {
    /// Bytes of one read at most: one pipe must not keep the loop from the others.
    static let readBytes = 32 << 10

    private let raw: UnsafeMutablePointer<uv_pipe_t>
    private let buffer: UnsafeMutableRawBufferPointer
    private weak var delegate: (any UVPipeDelegate)?
    private var isClosing = false

    /// The end for the other process; closed by `closeWritingEnd`, and with the pipe.
    private(set) var writingEnd: Int32

    init(loop: UVLoop, delegate: any UVPipeDelegate) throws(ReactorError) {
        self.delegate = delegate
        var ends: [Int32] = [-1, -1]
        try unsafe ReactorError.check(uv_pipe(&ends, Int32(UV_NONBLOCK_PIPE.rawValue), 0), "uv_pipe")
        writingEnd = ends[1]
        unsafe raw = .allocate(capacity: 1)
        unsafe buffer = .allocate(byteCount: Self.readBytes, alignment: 64)
        // Neither touches the system.
        unsafe uv_pipe_init(loop.raw, raw, 0)
        // SAFETY: the handle keeps `self` alive; the close callback gives this reference back.
        unsafe raw.pointee.data = Unmanaged.passRetained(self).toOpaque()
        do { try unsafe ReactorError.check(uv_pipe_open(raw, ends[0]), "uv_pipe_open") } catch {
            Glibc.close(ends[0])
            close()
            throw error
        }
    }

    /// Once the other process has its copy: else the end would never be seen.
    func closeWritingEnd() {
        if writingEnd >= 0 { Glibc.close(writingEnd) }
        writingEnd = -1
    }

    func startReading() throws(ReactorError) {
        let status = unsafe uv_read_start(stream, Self.wantsBuffer, Self.read)
        // Reading already is what was asked for.
        if status != UV_EALREADY.rawValue { try ReactorError.check(status, "uv_read_start") }
    }

    func stopReading() { unsafe uv_read_stop(stream) }

    func close() {
        guard !isClosing else { return }
        isClosing = true
        closeWritingEnd()
        unsafe raw.withMemoryRebound(to: uv_handle_t.self, capacity: 1) { unsafe uv_close($0, Self.closed) }
    }

    private var stream: UnsafeMutablePointer<uv_stream_t> {
        // SAFETY: libuv lays a `uv_pipe_t` out with a `uv_stream_t` in front and casts between them itself.
        unsafe UnsafeMutableRawPointer(raw).assumingMemoryBound(to: uv_stream_t.self)
    }

    private static let wantsBuffer: uv_alloc_cb = { raw, _, wanted in
        guard let data = unsafe raw?.pointee.data else { return }
        unsafe Unmanaged<UVPipe>.fromOpaque(data)._withUnsafeGuaranteedRef { pipe in
            let start = unsafe pipe.buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            unsafe wanted?.pointee = uv_buf_t(base: start, len: pipe.buffer.count)
        }
    }

    private static let read: uv_read_cb = { raw, count, _ in
        // 0 bytes mean that there was nothing after all.
        guard count != 0, let data = unsafe raw?.pointee.data else { return }
        unsafe Unmanaged<UVPipe>.fromOpaque(data)._withUnsafeGuaranteedRef { pipe in
            if count > 0 {
                unsafe pipe.delegate?.pipeRead(UnsafeRawBufferPointer(rebasing: pipe.buffer[..<count]))
            } else {
                pipe.stopReading()
                pipe.delegate?.pipeEnded()
            }
        }
    }

    private static let closed: uv_close_cb = { raw in
        guard let raw = unsafe raw, let data = unsafe raw.pointee.data else { return }
        let pipe = unsafe Unmanaged<UVPipe>.fromOpaque(data).takeRetainedValue()
        unsafe pipe.raw.deallocate()
        unsafe pipe.buffer.deallocate()
    }
}
