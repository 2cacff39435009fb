internal import Glibc
internal import JobsRuntime

/// Whether a store can be kept in the data folder, and who has it open.
struct DoctorFolder {
    let path: String
    let lock: StoreLock

    /// Below this a store is near its end; RocksDB's logs alone may grow so far.
    private static let littleSpace = 64 << 20
    /// Below this somebody should look after the disk.
    private static let scarceSpace = 1 << 30

    var findings: [Finding] {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return missing(errno) }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            return [.problem("data-dir", "\(path) is no folder", mend: "name another with --data-dir")]
        }
        return [rights(owner: status.st_uid), space(in: path), locked] + administration
    }

    private func missing(_ reason: Int32) -> [Finding] {
        let parent = existingParent
        let wrong = "name another with --data-dir, or mend the rights to \(parent)"
        guard reason == ENOENT else {
            return [
                .problem("data-dir", "\(path) cannot be reached, \(DoctorSocket.reason(reason))", mend: wrong)
            ]
        }
        guard unsafe access(parent, W_OK | X_OK) == 0 else {
            let why = DoctorSocket.reason(errno)
            return [.problem("data-dir", "\(path) cannot be made in \(parent), \(why)", mend: wrong)]
        }
        return [.ok("data-dir", "\(path) is not there yet, and is made at start"), space(in: parent)]
    }

    /// The nearest folder above that is there.
    private var existingParent: String {
        var parent = path
        while let slash = parent.lastIndex(of: "/") {
            parent = slash == parent.startIndex ? "/" : String(parent[..<slash])
            if unsafe parent == "/" || access(parent, F_OK) == 0 { return parent }
        }
        return "."
    }

    private func rights(owner: uid_t) -> Finding {
        let user = geteuid()
        let (theirs, mine) = (Self.name(of: owner), Self.name(of: user))
        guard unsafe access(path, R_OK | W_OK | X_OK) == 0 else {
            return .problem(
                "data-dir",
                "\(path) belongs to \(theirs), and \(mine) may not write it, \(DoctorSocket.reason(errno))",
                mend: "run the host as \(theirs), or chown -R \(mine) \(path)")
        }
        if let file = ProcessTable.names(in: path).first(where: { !isReadable($0) }) {
            return .problem(
                "data-dir", "\(path)/\(file) may not be read and written by \(mine)",
                mend: "chown -R \(theirs) \(path), and run the host as \(theirs)")
        }
        guard owner == user else {
            return .warning(
                "data-dir",
                "\(path) belongs to \(theirs), and what \(mine) makes there \(theirs) may not write",
                mend: "run the host as \(theirs)")
        }
        return .ok("data-dir", "\(path) is there and can be written")
    }

    private func isReadable(_ file: String) -> Bool {
        // A file that a running host has just removed is no fault.
        unsafe access("\(path)/\(file)", R_OK | W_OK) == 0 || errno == ENOENT
    }

    private func space(in folder: String) -> Finding {
        var disk = statvfs()
        guard unsafe statvfs(folder, &disk) == 0 else {
            return .warning(
                "disk", "the disk of \(folder) does not say how full it is", mend: "look with df \(folder)")
        }
        let (free, _) = Int(clamping: disk.f_bavail).multipliedReportingOverflow(by: Int(disk.f_frsize))
        let found = "\(free >> 20) MiB are free for \(folder)"
        let mend = "make room there, or name a folder on another disk with --data-dir"
        if disk.f_files > 0, disk.f_favail == 0 {
            return .problem("disk", "no file can be made any more in \(folder)", mend: mend)
        }
        if free < Self.littleSpace { return .problem("disk", found, mend: mend) }
        if free < Self.scarceSpace { return .warning("disk", found, mend: mend) }
        return .ok("disk", found)
    }

    private var locked: Finding {
        switch lock {
        case .none: return .ok("lock", "nobody has a store open there")
        case .hidden:
            return .warning(
                "lock", "\(Self.name(of: geteuid())) may not look who has a store open in \(path)",
                mend: "run the doctor as the user that the host runs as")
        case .left:
            return .ok(
                "lock", "\(path)/LOCK is left from an earlier run, held by nobody, and in nobody's way")
        case .held(nil):
            return .problem(
                "lock",
                "a process that cannot be seen from here has the store open, perhaps in another container",
                mend:
                    "stop that one before a host is started in \(path), or name another folder with --data-dir"
            )
        case .held(let process?):
            let name = "\(ProcessTable.name(of: process)) (process \(process))"
            guard !ProcessTable.isStopped(process) else {
                return .problem(
                    "lock", "\(name) has the store open and is stopped: nothing fires",
                    mend: "let it go on with kill -CONT \(process), or end it with kill -KILL \(process)")
            }
            let ports = ProcessTable.ports(of: process).map(String.init).joined(separator: ", ")
            return .ok(
                "lock",
                "a host runs in the folder, \(name)" + (ports.isEmpty ? "" : ", and listens on \(ports)")
                    + "; a second one would not start there")
        }
    }

    /// About the socket by which `mainspring list` and `stop` find a host.
    private var administration: [Finding] {
        let socket = AdministrationSocket.path(in: path)
        let isThere = unsafe access(socket, F_OK) == 0
        switch lock {
        case .none, .left:
            return isThere
                ? [.ok("socket", "\(socket) is left from an earlier run, and taken away at the next start")]
                : []
        case .held(let process?) where !isThere:
            return [
                .warning(
                    "socket", "the host has no \(socket): mainspring list and stop do not see it",
                    mend: "look in its log for the reason; kill -TERM \(process) stops it")
            ]
        case .held, .hidden: return []
        }
    }

    private static func name(of user: uid_t) -> String {
        guard let entry = unsafe getpwuid(user) else { return "user \(user)" }
        return unsafe String(cString: entry.pointee.pw_name)
    }
}
