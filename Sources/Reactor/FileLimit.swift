internal import Glibc

/// How many files and sockets the process may have open at a time.
package enum FileLimit {
    /// Raises the limit as far as the system lets this user, and answers what it is then.
    ///
    /// Nothing in this process uses `select`, which alone needs low numbers.
    package static func raise() -> Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        if limit.rlim_cur < limit.rlim_max {
            let soft = limit.rlim_cur
            limit.rlim_cur = limit.rlim_max
            if unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 {
                limit.rlim_cur = soft
            }
        }
        return Int(clamping: limit.rlim_cur)
    }
}

extension Limits {
    /// Files that are kept for the store, the logs and the loop itself.
    package static let reservedFiles = 400

    /// These limits, with no more connections than the process may have files.
    ///
    /// A listener that runs out of them has no way to refuse a peer, and a store that does cannot write.
    package func fitting(files: Int) -> Limits {
        var fitting = self
        let half = max(16, (files - Self.reservedFiles) / 2)
        fitting.connections = min(connections, half)
        fitting.publicConnections = min(publicConnections, max(16, half / 8))
        fitting.clientConnections = min(clientConnections, half)
        return fitting
    }
}
