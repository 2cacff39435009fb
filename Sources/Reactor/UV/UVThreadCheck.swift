internal import CLibuv

/// Remembers the thread that made a handle and stops the process in debug builds when another one touches it.
struct UVThreadCheck {
    #if DEBUG
        private let thread = uv_thread_self()
    #endif

    @inline(__always) func check() {
        #if DEBUG
            var mine = thread
            var current = uv_thread_self()
            precondition(
                unsafe uv_thread_equal(&mine, &current) != 0, "a handle lives on the loop that made it")
        #endif
    }
}
