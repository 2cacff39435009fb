internal import CLibuv

/// Wakes its loop from any thread: one `uv_async_t`.
@safe final class UVAsync: @unchecked Sendable {
    // SAFETY: `uv_async_send` is libuv's one call for foreign threads; the rest is called on the loop. The owner sends
    // nothing after `close`.
    private let raw: UnsafeMutablePointer<uv_async_t>
    private let onWake: () -> Void

    init(loop: UVLoop, onWake: @escaping () -> Void) throws(ReactorError) {
        unsafe raw = .allocate(capacity: 1)
        self.onWake = onWake
        do { try unsafe ReactorError.check(uv_async_init(loop.raw, raw, Self.woken), "uv_async_init") } catch
        {
            unsafe raw.deallocate()
            throw error
        }
        // SAFETY: the handle keeps `self` alive; the close callback gives this reference back.
        unsafe raw.pointee.data = Unmanaged.passRetained(self).toOpaque()
    }

    /// Any thread; sends coalesce.
    func send() { unsafe uv_async_send(raw) }

    func close() {
        unsafe raw.withMemoryRebound(to: uv_handle_t.self, capacity: 1) { unsafe uv_close($0, Self.closed) }
    }

    private static let woken: uv_async_cb = { raw in
        guard let raw = unsafe raw, let data = unsafe raw.pointee.data else { return }
        unsafe Unmanaged<UVAsync>.fromOpaque(data)._withUnsafeGuaranteedRef { $0.onWake() }
    }

    private static let closed: uv_close_cb = { raw in
        guard let raw = unsafe raw, let data = unsafe raw.pointee.data else { return }
        let handle = unsafe Unmanaged<UVAsync>.fromOpaque(data).takeRetainedValue()
        unsafe handle.raw.deallocate()
    }
}
