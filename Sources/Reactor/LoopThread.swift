internal import Glibc

/// A thread of ours: libuv's, a worker's.
///
/// Never one of Swift's pool, which has as many as there are processors.
@safe package final class LoopThread: Sendable {
    private final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    private let raw: pthread_t

    /// Starts a thread that runs `body` once.
    ///
    /// Its name, at most 15 bytes, is what `top -H` shows.
    package init(named name: String, body: @escaping @Sendable () -> Void) {
        var raw = pthread_t()
        // SAFETY: the new thread takes this reference back.
        let start = unsafe Unmanaged.passRetained(Start(name: name, body: body)).toOpaque()
        let status = unsafe pthread_create(&raw, nil, Self.entry, start)
        precondition(status == 0, "the system has no thread left for \(name): \(status)")
        self.raw = raw
    }

    /// Waits until the thread has ended.
    ///
    /// Once, and not on the thread itself.
    package func join() { _ = pthread_join(raw, nil) }

    private static let entry: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
        argument in
        guard let argument = unsafe argument else { return nil }
        let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        nameCurrentThread(start.name)
        start.body()
        return nil
    }

    /// Names the thread through `/proc`, as glibc's own call is not visible to Swift.
    ///
    /// Only `top -H` and debuggers read it, so a system without the file goes without the name.
    private static func nameCurrentThread(_ name: String) {
        let file = unsafe open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        var name = name
        _ = name.withUTF8 { bytes in unsafe write(file, bytes.baseAddress, bytes.count) }
        close(file)
    }
}
