internal import CLibuv

/// One libuv timer; a loop has one, which its wheels share and which rings them directly.
@safe final class UVTimer {
    private let loop: UVLoop
    private let raw: UnsafeMutablePointer<uv_timer_t>
    /// Whom it rings; set before the loop runs.
    weak var alarm: (any LoopAlarm)?

    init(loop: UVLoop) throws(ReactorError) {
        self.loop = loop
        unsafe raw = .allocate(capacity: 1)
        do { try unsafe ReactorError.check(uv_timer_init(loop.raw, raw), "uv_timer_init") } catch {
            unsafe raw.deallocate()
            throw error
        }
        // SAFETY: the handle keeps `self` alive; the close callback gives this reference back.
        unsafe raw.pointee.data = Unmanaged.passRetained(self).toOpaque()
    }

    /// Fires once in `milliseconds`, counted from now and not from the start of the turn.
    func arm(afterMilliseconds milliseconds: UInt64) {
        loop.updateTime()
        let status = unsafe uv_timer_start(raw, Self.fired, milliseconds, 0)
        precondition(status == 0, "a timer starts unless it is closing: \(status)")
    }

    func disarm() { unsafe uv_timer_stop(raw) }

    func close() {
        unsafe raw.withMemoryRebound(to: uv_handle_t.self, capacity: 1) { unsafe uv_close($0, Self.closed) }
    }

    private static let fired: uv_timer_cb = { raw in
        guard let raw = unsafe raw, let data = unsafe raw.pointee.data else { return }
        unsafe Unmanaged<UVTimer>.fromOpaque(data)._withUnsafeGuaranteedRef { $0.alarm?.timerDue() }
    }

    private static let closed: uv_close_cb = { raw in
        guard let raw = unsafe raw, let data = unsafe raw.pointee.data else { return }
        let handle = unsafe Unmanaged<UVTimer>.fromOpaque(data).takeRetainedValue()
        unsafe handle.raw.deallocate()
    }
}
