internal import CLibuv

/// Owns one `uv_loop_t`.
///
/// Lives on its loop's thread from `run` to `close`.
///
/// # Life
/// Made on any thread, run on one, closed on that one once every handle is closed.
@safe package final class UVLoop {
    let raw: UnsafeMutablePointer<uv_loop_t>

    package init() throws(ReactorError) {
        unsafe raw = .allocate(capacity: 1)
        do { try unsafe ReactorError.check(uv_loop_init(raw), "uv_loop_init") } catch {
            unsafe raw.deallocate()
            throw error
        }
    }

    /// Turns until no handle is left open.
    package func run() { _ = unsafe uv_run(raw, UV_RUN_DEFAULT) }

    /// Gives the loop back to the system; every handle must have been closed.
    package func close() {
        let status = unsafe uv_loop_close(raw)
        precondition(status == 0, "a loop is closed only after all its handles: \(status)")
        unsafe raw.deallocate()
    }

    /// Refreshes the loop's idea of now; libuv's timers count from it.
    func updateTime() { unsafe uv_update_time(raw) }
}
