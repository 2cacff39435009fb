internal import CLibuv

/// The memory of one stream handle: a TCP socket's or a Unix socket's, which libuv treats alike once they are open.
@safe struct UVStreamMemory {
    /// Which of the two it is.
    let isUnix: Bool
    private let start: UnsafeMutableRawPointer

    /// Makes a handle of the loop that is not open yet.
    init(loop: UVLoop, isUnix: Bool) throws(ReactorError) {
        self.isUnix = isUnix
        let size = unsafe isUnix ? MemoryLayout<uv_pipe_t>.size : MemoryLayout<uv_tcp_t>.size
        unsafe start = .allocate(byteCount: size, alignment: MemoryLayout<uv_tcp_t>.alignment)
        do {
            if isUnix {
                try unsafe ReactorError.check(uv_pipe_init(loop.raw, pipe, 0), "uv_pipe_init")
            } else {
                try unsafe ReactorError.check(uv_tcp_init(loop.raw, tcp), "uv_tcp_init")
            }
        } catch {
            unsafe start.deallocate()
            throw error
        }
    }

    // SAFETY: libuv lays a `uv_tcp_t` and a `uv_pipe_t` out with a `uv_stream_t` in front, and that with a `uv_handle_t`,
    // and casts between them itself. `tcp` and `pipe` are asked for by what the memory was made for alone.
    var tcp: UnsafeMutablePointer<uv_tcp_t> { unsafe start.assumingMemoryBound(to: uv_tcp_t.self) }
    var pipe: UnsafeMutablePointer<uv_pipe_t> { unsafe start.assumingMemoryBound(to: uv_pipe_t.self) }
    var stream: UnsafeMutablePointer<uv_stream_t> { unsafe start.assumingMemoryBound(to: uv_stream_t.self) }
    var handle: UnsafeMutablePointer<uv_handle_t> { unsafe start.assumingMemoryBound(to: uv_handle_t.self) }

    /// Gives the memory back, once the handle is closed.
    func deallocate() { unsafe start.deallocate() }
}
