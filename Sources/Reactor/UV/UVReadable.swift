internal import CLibuv

/// Calls its owner when a file descriptor can be read.
@safe final class UVReadable {
    private let raw: UnsafeMutablePointer<uv_poll_t>
    private let onReadable: () -> Void

    init(loop: UVLoop, descriptor: Int32, onReadable: @escaping () -> Void) throws(ReactorError) {
        unsafe raw = .allocate(capacity: 1)
        self.onReadable = onReadable
        do { try unsafe ReactorError.check(uv_poll_init(loop.raw, raw, descriptor), "uv_poll_init") } catch {
            unsafe raw.deallocate()
            throw error
        }
        // SAFETY: the handle keeps `self` alive; the close callback gives this reference back.
        unsafe raw.pointee.data = Unmanaged.passRetained(self).toOpaque()
        let readable = Int32(UV_READABLE.rawValue)
        do { try unsafe ReactorError.check(uv_poll_start(raw, readable, Self.polled), "uv_poll_start") } catch
        {
            close()
            throw error
        }
    }

    func close() {
        unsafe raw.withMemoryRebound(to: uv_handle_t.self, capacity: 1) { unsafe uv_close($0, Self.closed) }
    }

    private static let polled: uv_poll_cb = { raw, _, _ in
        guard let raw = unsafe raw, let data = unsafe raw.pointee.data else { return }
        unsafe Unmanaged<UVReadable>.fromOpaque(data)._withUnsafeGuaranteedRef { $0.onReadable() }
    }

    private static let closed: uv_close_cb = { raw in
        guard let raw = unsafe raw, let data = unsafe raw.pointee.data else { return }
        let handle = unsafe Unmanaged<UVReadable>.fromOpaque(data).takeRetainedValue()
        unsafe handle.raw.deallocate()
    }
}
