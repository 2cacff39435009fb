internal import CLibuv
internal import Glibc

/// Wakes an idle loop when somebody sets the wall clock.
///
/// A Linux affair: a `timerfd` on `CLOCK_REALTIME` that is armed for the end of time and cancelled by a step of the
/// clock (`timerfd_create(2)`, `TFD_TIMER_CANCEL_ON_SET`). Slewing, as NTP does it, cancels nothing and need not.
final class WallClockWatch {
    private let descriptor: Int32
    private var readable: UVReadable?

    init(loop: UVLoop, onStep: @escaping () -> Void) throws(ReactorError) {
        let descriptor = timerfd_create(CLOCK_REALTIME, Int32(TFD_NONBLOCK | TFD_CLOEXEC))
        guard descriptor >= 0 else { throw ReactorError(uv: -errno, operation: "timerfd_create") }
        self.descriptor = descriptor
        guard Self.arm(descriptor) else {
            let status = -errno
            Glibc.close(descriptor)
            throw ReactorError(uv: status, operation: "timerfd_settime")
        }
        readable = try UVReadable(loop: loop, descriptor: descriptor) {
            // The read fails with ECANCELED, which is the news; arming again is what makes the next step news too.
            var count: UInt64 = 0
            _ = unsafe withUnsafeMutableBytes(of: &count) { unsafe read(descriptor, $0.baseAddress, 8) }
            _ = Self.arm(descriptor)
            onStep()
        }
    }

    func close() {
        readable?.close()
        readable = nil
        Glibc.close(descriptor)
    }

    private static func arm(_ descriptor: Int32) -> Bool {
        var never = itimerspec()
        never.it_value.tv_sec = Int(Int32.max) * 1000
        let flags = Int32(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET)
        return unsafe timerfd_settime(descriptor, flags, &never, nil) == 0
    }
}
