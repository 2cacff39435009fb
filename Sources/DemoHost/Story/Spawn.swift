internal import Glibc

/// Starts processes that the kernel kills when this one ends, however it ends.
enum Spawn {
    /// Starts a program; answers its number and the reading end of a pipe with its standard output and error.
    ///
    /// `setpriv`, which every Debian has, asks the kernel for the leash and then becomes the program. On the main
    /// thread, because the leash is that of a thread. A process group of its own keeps Ctrl-C at the terminal for us.
    static func leashed(_ words: [String]) throws(StoryFailure) -> (id: pid_t, output: Int32) {
        let words = ["setpriv", "--pdeathsig", "KILL", "--"] + words
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { throw StoryFailure("no pipe can be made", errno: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[1]) }

        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], 2)

        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var noSignals = sigset_t()
        unsafe sigemptyset(&noSignals)
        unsafe posix_spawnattr_setsigmask(&attributes, &noSignals)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))

        var id: pid_t = 0
        let status = unsafe withCStrings(words) { arguments in
            unsafe withCStrings(environment) { variables in
                unsafe posix_spawnp(&id, words[0], &actions, &attributes, arguments, variables)
            }
        }
        guard status == 0 else {
            close(ends[0])
            throw StoryFailure("setpriv of the package util-linux cannot be started", errno: status)
        }
        return (id, ends[0])
    }

    /// What a child needs of ours; no proxy may come between curl and the host.
    private static var environment: [String] {
        let names: [String] = ["PATH", "HOME", "LD_LIBRARY_PATH"]
        return names.compactMap { name in
            guard let value = unsafe getenv(name) else { return nil }
            return unsafe "\(name)=\(String(cString: value))"
        }
    }

    private static func withCStrings(
        _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Int32
    ) -> Int32 {
        let pointers: [UnsafeMutablePointer<CChar>?] = unsafe texts.map { unsafe strdup($0) } + [nil]
        defer { unsafe pointers.forEach { unsafe free($0) } }
        return unsafe pointers.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return EINVAL }
            return unsafe body(start)
        }
    }
}
