internal import Glibc

/// The lock of a store's folder, looked at from outside; nothing is taken, made or written.
package enum StoreLock: Equatable, Sendable {
    /// There is no lock's file: no store was ever open there.
    case none
    /// This user may not look.
    case hidden
    /// A file that nobody holds, left by a process that has ended; it is in nobody's way.
    case left
    /// A process has the store open; `nil` for one that this one cannot see, as in another container.
    case held(by: Int32?)

    /// Looks at the lock of a store that this process has not open itself.
    ///
    /// Closing the file would drop a lock of this very process.
    package static func look(at folder: String) -> StoreLock {
        let file = unsafe open("\(folder)/LOCK", O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return errno == ENOENT || errno == ENOTDIR ? .none : .hidden }
        defer { close(file) }
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        guard unsafe fcntl(file, F_GETLK, &lock) == 0, lock.l_type != Int16(F_UNLCK) else { return .left }
        return .held(by: lock.l_pid > 0 ? lock.l_pid : nil)
    }
}
