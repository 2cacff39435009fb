internal import CLibuv
internal import Glibc

extension UVSocket {
    /// Has the kernel acknowledge what came at once (`TCP_QUICKACK`, tcp(7); Linux alone, and good until it changes its
    /// mind, so it is asked for each time).
    func acknowledgeNow() {
        if isUnix { return }
        var descriptor: uv_os_fd_t = -1
        guard getDescriptor(&descriptor) == 0 else { return }
        var on: CInt = 1
        // A hint: where it fails, the acknowledgement comes a little later.
        _ = unsafe setsockopt(
            descriptor, CInt(IPPROTO_TCP), TCP_QUICKACK, &on, socklen_t(MemoryLayout<CInt>.size))
    }
}
