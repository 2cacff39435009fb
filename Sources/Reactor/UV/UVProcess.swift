internal import CLibuv
internal import Glibc

/// One child process of the loop, in a session and so in a process group of its own.
///
/// # Life
/// The handle keeps the object alive from the start of the process until the close callback.
@safe final class UVProcess {
    /// What is started, and what it finds.
    struct Request {
        /// A path, then the arguments as the program gets them, its own name first.
        var file: String
        var arguments: [String]
        /// All of it, as `NAME=value`.
        var environment: [String]
        var folder: String
        /// What the process has as 0, 1, 2 and so on; -1 is `/dev/null` for the first three.
        var descriptors: [Int32]
    }

    /// How a process ended.
    enum Ending { case status(Int32), signal(Int32) }

    private let raw: UnsafeMutablePointer<uv_process_t>
    private let onExit: (Ending) -> Void
    private var isClosing = false

    /// Starts a process; when this returns it has been executed.
    init(loop: UVLoop, _ request: Request, onExit: @escaping (Ending) -> Void) throws(ReactorError) {
        unsafe raw = .allocate(capacity: 1)
        self.onExit = onExit
        let status = unsafe Self.spawn(loop.raw, raw, request)
        // libuv wants the handle closed even where nothing was started.
        // SAFETY: the handle keeps `self` alive; the close callback gives this reference back.
        unsafe raw.pointee.data = Unmanaged.passRetained(self).toOpaque()
        if status < 0 {
            close()
            throw ReactorError(uv: status, operation: "uv_spawn")
        }
    }

    /// The number of the process, and of its group.
    var id: Int32 { unsafe raw.pointee.pid }

    /// Once the exit was told, or when nobody wants to hear of it.
    func close() {
        guard !isClosing else { return }
        isClosing = true
        unsafe raw.withMemoryRebound(to: uv_handle_t.self, capacity: 1) { unsafe uv_close($0, Self.closed) }
    }

    private static func spawn(
        _ loop: UnsafeMutablePointer<uv_loop_t>, _ raw: UnsafeMutablePointer<uv_process_t>, _ request: Request
    ) -> Int32 {
        var containers = unsafe request.descriptors.map { descriptor in
            var container = unsafe uv_stdio_container_t()
            unsafe container.flags = descriptor < 0 ? UV_IGNORE : UV_INHERIT_FD
            unsafe container.data.fd = descriptor
            return unsafe container
        }
        var options = unsafe uv_process_options_t()
        unsafe options.exit_cb = exited
        unsafe options.flags = UV_PROCESS_DETACHED.rawValue
        unsafe options.stdio_count = Int32(containers.count)
        return unsafe withCStrings(request.arguments) { arguments in
            unsafe withCStrings(request.environment) { environment in
                unsafe request.file.withCString { file in
                    unsafe request.folder.withCString { folder in
                        unsafe containers.withUnsafeMutableBufferPointer { containers in
                            unsafe options.file = file
                            unsafe options.args = arguments
                            unsafe options.env = environment
                            unsafe options.cwd = folder
                            unsafe options.stdio = containers.baseAddress
                            return unsafe uv_spawn(loop, raw, &options)
                        }
                    }
                }
            }
        }
    }

    private static func withCStrings(
        _ texts: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> Int32
    ) -> Int32 {
        var pointers: [UnsafeMutablePointer<CChar>?] = unsafe texts.map { unsafe strdup($0) } + [nil]
        defer { unsafe pointers.forEach { unsafe free($0) } }
        return unsafe pointers.withUnsafeMutableBufferPointer { unsafe body($0.baseAddress) }
    }

    private static let exited: uv_exit_cb = { raw, status, signal in
        guard let data = unsafe raw?.pointee.data else { return }
        unsafe Unmanaged<UVProcess>.fromOpaque(data)._withUnsafeGuaranteedRef { process in
            process.close()
            process.onExit(signal == 0 ? .status(Int32(truncatingIfNeeded: status)) : .signal(signal))
        }
    }

    private static let closed: uv_close_cb = { raw in
        guard let raw = unsafe raw, let data = unsafe raw.pointee.data else { return }
        let process = unsafe Unmanaged<UVProcess>.fromOpaque(data).takeRetainedValue()
        unsafe process.raw.deallocate()
    }
}
