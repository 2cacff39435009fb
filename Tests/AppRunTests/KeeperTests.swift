import Glibc
import TestKit
import Testing

/// The keeper alone, as the child of the test.
@Suite("Keeper", .timeLimit(.minutes(2)))
struct KeeperTests {
    @Test("a SIGTERM that comes before the app is there reaches it all the same")
    func earlySignal() async throws {
        let folder = try TemporaryFolder()
        let told = folder.path(of: "told")
        // What waits for a process waits for the next program in it as well.
        let script = #"exec 3>"$1"; kill -TERM $$; exec "$0" child "$2" sleep 20"#
        let words = ["sh", "-c", script, try Products.path(of: "mainspring"), told, "\(getpid())"]
        // The keeper ends with the thread that started it.
        let status = try await OwnThread.run { Self.run(words, blocking: SIGTERM) }
        #expect(status == 0)
        #expect(try TemporaryFolder.read(told).hasSuffix("\nkilled \(SIGTERM)\n"))
    }

    /// Runs the shell with a signal that waits, and answers how it ended, as `waitpid` has it; -1 where it never ran.
    private static func run(_ words: [String], blocking number: Int32) -> Int32 {
        var blocked = sigset_t()
        var attributes = posix_spawnattr_t()
        unsafe sigemptyset(&blocked)
        unsafe sigaddset(&blocked, number)
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        unsafe posix_spawnattr_setsigmask(&attributes, &blocked)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        defer { unsafe arguments.forEach { unsafe free($0) } }
        var id: pid_t = 0
        guard unsafe posix_spawn(&id, "/bin/sh", nil, &attributes, &arguments, environ) == 0 else {
            return -1
        }
        var status: Int32 = -1
        while unsafe waitpid(id, &status, 0) < 0, errno == EINTR {}
        return status
    }
}
