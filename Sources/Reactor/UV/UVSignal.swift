internal import CLibuv

/// Watches one signal of the process on the loop.
@safe final class UVSignal {
    private let raw: UnsafeMutablePointer<uv_signal_t>
    private let onSignal: () -> Void

    init(loop: UVLoop, number: Int32, onSignal: @escaping () -> Void) throws(ReactorError) {
        unsafe raw = .allocate(capacity: 1)
        self.onSignal = onSignal
        do { try unsafe ReactorError.check(uv_signal_init(loop.raw, raw), "uv_signal_init") } catch {
            unsafe raw.deallocate()
            throw error
        }
        // SAFETY: the handle keeps `self` alive; the close callback gives this reference back.
        unsafe raw.pointee.data = Unmanaged.passRetained(self).toOpaque()
        do {
            try unsafe ReactorError.check(uv_signal_start(raw, Self.arrived, number), "uv_signal_start")
        } catch {
            close()
            throw error
        }
    }

    func close() {
        unsafe raw.withMemoryRebound(to: uv_handle_t.self, capacity: 1) { unsafe uv_close($0, Self.closed) }
    }

    private static let arrived: uv_signal_cb = { raw, _ in
        guard let raw = unsafe raw, let data = unsafe raw.pointee.data else { return }
        unsafe Unmanaged<UVSignal>.fromOpaque(data)._withUnsafeGuaranteedRef { $0.onSignal() }
    }

    private static let closed: uv_close_cb = { raw in
        guard let raw = unsafe raw, let data = unsafe raw.pointee.data else { return }
        let handle = unsafe Unmanaged<UVSignal>.fromOpaque(data).takeRetainedValue()
        unsafe handle.raw.deallocate()
    }
}
