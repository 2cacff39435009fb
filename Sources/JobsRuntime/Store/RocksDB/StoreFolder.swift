internal import Glibc

/// The folder that a store lives in, seen from outside: is it there, may we write it, who has it open.
struct StoreFolder {
    let path: String

    /// Makes the folder and those above it, for their owner alone, if there is nothing of its name.
    ///
    /// Checks that it is a folder, and writable.
    func prepare() throws(StoreError) {
        makeParents()
        if unsafe mkdir(path, 0o700) == 0 { return }
        switch errno {
        case EEXIST: break
        case ENOENT:
            throw refusal("cannot be made: neither can the folder above it; choose another path")
        case ENOTDIR:
            throw refusal("cannot be made: something above it is a file; choose another path")
        case ENOSPC, EDQUOT:
            throw StoreError(
                code: .full,
                message: "the store's folder \(path) cannot be made: the disk is full, free some space")
        case let status:
            throw refusal(
                "cannot be made: \(Self.reason(status)); choose another path or mend the rights to it")
        }
        var status = stat()
        let answer = unsafe stat(path, &status)
        guard answer == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw refusal("is not a folder; choose another path")
        }
        guard unsafe access(path, R_OK | W_OK | X_OK) == 0 else {
            let reason = Self.reason(errno)
            throw refusal("cannot be written: \(reason); give this user the right to, or choose another path")
        }
    }

    /// The error for a folder that is open already; names the owner if the system tells.
    func lockedError(byThisProcess: Bool) -> StoreError {
        let owner = byThisProcess ? getpid() : lockOwner()
        let who = owner.map { "process \($0)" } ?? "another process"
        return StoreError(
            code: .locked,
            message: "the store in \(path) is in use by \(who): stop that one, or choose another folder")
    }

    /// Refuses a log with damage that RocksDB would pass over; see `LogBlock`.
    ///
    /// The MANIFEST is a log too: one flipped bit in it would leave out tables, and with them all their jobs.
    func checkLogs() throws(StoreError) {
        for name in fileNames() where name.hasSuffix(".log") || name.hasPrefix("MANIFEST-") {
            guard let place = damage(inLog: name) else { continue }
            throw damaged("\(name): the header of the record at byte \(place) is wrong")
        }
    }

    /// Refuses a folder that no longer holds the store that was open in it.
    ///
    /// RocksDB would make an empty one in its place, and every job would be gone without a word.
    func checkStillThere() throws(StoreError) {
        // The file that names all others.
        if unsafe access("\(path)/CURRENT", F_OK) == 0 { return }
        guard errno == ENOENT || errno == ENOTDIR else { return }
        throw StoreError(
            code: .io,
            message: "the store that was open in \(path) is gone (no file CURRENT): "
                + "bring the folder back, or restart to begin with an empty one")
    }

    /// The error with the logs' names, if RocksDB gave it without any file's.
    func naming(_ error: StoreError) -> StoreError {
        let names = [".log", ".sst", "MANIFEST-", "CURRENT"]
        guard error.code == .corruption, !names.contains(where: error.message.contains) else { return error }
        // It does so for records of logs alone.
        let logs = fileNames().filter { $0.hasSuffix(".log") }.sorted()
        return damaged("a record with a wrong checksum in \(logs.joined(separator: " or "))")
    }

    private func damaged(_ what: String) -> StoreError {
        StoreError(
            code: .corruption,
            message: "the store in \(path) is damaged (\(what)): restore the folder from a backup, "
                + "or move it away to begin with an empty one")
    }

    private func damage(inLog name: String) -> off_t? {
        let file = unsafe open("\(path)/\(name)", O_RDONLY | O_CLOEXEC)
        // RocksDB says why a log cannot be read, better than we can.
        guard file >= 0 else { return nil }
        defer { close(file) }
        var start: off_t = 0
        while true {
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: LogBlock.size) { buffer, count in
                count = unsafe max(pread(file, buffer.baseAddress, LogBlock.size, start), 0)
            }
            if let damage = LogBlock(bytes: bytes).damage { return start + off_t(damage) }
            guard bytes.count == LogBlock.size else { return nil }
            start += off_t(LogBlock.size)
        }
    }

    // Never asked when the owner may be this process: see `StoreLock`.
    private func lockOwner() -> pid_t? {
        guard case .held(let owner) = StoreLock.look(at: path) else { return nil }
        return owner
    }

    /// Makes the folders above; what cannot be made shows when the folder itself is.
    private func makeParents() {
        var parent = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/").dropLast() {
            parent += "\(part)/"
            _ = unsafe mkdir(parent, 0o700)
        }
    }

    private func fileNames() -> [String] {
        guard let folder = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) {
                unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            names.append(name)
        }
        return names
    }

    private func refusal(_ what: String) -> StoreError {
        StoreError(code: .notWritable, message: "the store's folder \(path) \(what)")
    }

    private static func reason(_ status: Int32) -> String {
        guard let text = unsafe strerror(status) else { return "error \(status)" }
        return unsafe String(cString: text)
    }
}
