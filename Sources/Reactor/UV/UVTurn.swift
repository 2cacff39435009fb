internal import CLibuv

/// Calls its owner twice a turn: right before the loop polls, and right after it has polled.
///
/// Before: what timers and closing handles left to do is done before the loop may sleep. After: what the sockets
/// brought is handed on at once. Neither depends on whether timers run before or after the poll.
@safe final class UVTurn {
    private let before: UnsafeMutablePointer<uv_prepare_t>
    private let after: UnsafeMutablePointer<uv_check_t>
    private let onTurn: () -> Void
    private var openHandles = 2

    init(loop: UVLoop, onTurn: @escaping () -> Void) {
        unsafe before = .allocate(capacity: 1)
        unsafe after = .allocate(capacity: 1)
        self.onTurn = onTurn
        // These four calls cannot fail: libuv answers 0 unless the callback is missing.
        unsafe uv_prepare_init(loop.raw, before)
        unsafe uv_check_init(loop.raw, after)
        // SAFETY: the handles keep `self` alive; the last close callback gives this reference back.
        let owner = unsafe Unmanaged.passRetained(self).toOpaque()
        unsafe before.pointee.data = owner
        unsafe after.pointee.data = owner
        unsafe uv_prepare_start(before, Self.prepared)
        unsafe uv_check_start(after, Self.checked)
    }

    func close() {
        unsafe before.withMemoryRebound(to: uv_handle_t.self, capacity: 1) {
            unsafe uv_close($0, Self.closed)
        }
        unsafe after.withMemoryRebound(to: uv_handle_t.self, capacity: 1) { unsafe uv_close($0, Self.closed) }
    }

    private static let prepared: uv_prepare_cb = { raw in
        guard let raw = unsafe raw, let data = unsafe raw.pointee.data else { return }
        unsafe Unmanaged<UVTurn>.fromOpaque(data)._withUnsafeGuaranteedRef { $0.onTurn() }
    }

    private static let checked: uv_check_cb = { raw in
        guard let raw = unsafe raw, let data = unsafe raw.pointee.data else { return }
        unsafe Unmanaged<UVTurn>.fromOpaque(data)._withUnsafeGuaranteedRef { $0.onTurn() }
    }

    private static let closed: uv_close_cb = { raw in
        guard let raw = unsafe raw, let data = unsafe raw.pointee.data else { return }
        let turn = unsafe Unmanaged<UVTurn>.fromOpaque(data)
        let isLast = unsafe turn._withUnsafeGuaranteedRef { turn in
            turn.openHandles -= 1
            return turn.openHandles == 0
        }
        guard isLast else { return }
        let owner = unsafe turn.takeRetainedValue()
        unsafe owner.before.deallocate()
        unsafe owner.after.deallocate()
    }
}
