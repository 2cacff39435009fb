internal import CRocksDB
internal import Reactor

/// A store in a folder of its own, kept by RocksDB.
///
/// A commit is one write batch and one sync. A value lies behind its version, eight big-endian bytes; conditions read
/// those only, without copying the value. The folder has one owner at a time.
@safe package final class RocksDBStore: OrderedStore, @unchecked Sendable {
    // SAFETY: RocksDB's calls are safe from every thread. `database` changes in `open`, `reopen` and `close` only, and
    // nothing may read while these run (`OrderedStore`). `batch` and `judge` are the writer's, in `commit` alone.
    private let folder: StoreFolder
    private let options: RocksDBOptions
    private var database: OpaquePointer?
    private var batch: OpaquePointer
    private let judge = GroupJudge()
    private let openSnapshots = Guarded(0)

    /// A batch that has been larger gives its memory back.
    private static let keptBatchBytes = OperationGroup.Limits.keptBytes

    /// Opens the store in a folder, which is made if only it is missing.
    package static func open(path: String) throws(StoreError) -> RocksDBStore {
        let store = RocksDBStore(folder: StoreFolder(path: path), options: try RocksDBOptions())
        try store.open()
        return store
    }

    private init(folder: StoreFolder, options: RocksDBOptions) {
        self.folder = folder
        self.options = options
        unsafe batch = Self.makeBatch()
    }

    deinit {
        close()
        unsafe rocksdb_writebatch_destroy(batch)
    }

    /// Judges and writes a group; see `OrderedStore`.
    package func commit(_ group: OperationGroup) throws(StoreError) {
        let database = unsafe try opened()
        try judge.judge(group, over: self)
        unsafe rocksdb_writebatch_clear(batch)
        defer { if group.byteCount > Self.keptBatchBytes { replaceBatch() } }
        for operation in 0..<group.count where group.isApplied(operation) { fill(operation, of: group) }
        guard unsafe rocksdb_writebatch_count(batch) > 0 else { return }
        try unsafe check { fault in unsafe rocksdb_write(database, options.syncedWrite, batch, fault) }
    }

    /// Reads a value; see `OrderedStore`.
    package func get(_ key: Span<UInt8>, into value: inout [UInt8]) throws(StoreError) -> UInt64? {
        unsafe try get(key, options.read, into: &value)
    }

    /// Reads a value from memory, if it is there.
    package func getCached(_ key: Span<UInt8>, into value: inout [UInt8]) throws(StoreError) -> CachedRead {
        value.removeAll(keepingCapacity: true)
        return try unsafe key.withUnsafeBytes { key throws(StoreError) in
            try unsafe read(key, options.cachedRead) {
                unsafe value.append(contentsOf: StoredValue.value(of: $0))
            }
        }
    }

    /// The store as it is now.
    package func snapshot() throws(StoreError) -> any StoreSnapshot {
        let database = unsafe try opened()
        openSnapshots.withLock { $0 += 1 }
        return unsafe RocksDBSnapshot(store: self, database: database)
    }

    /// Closes the store, if it is open, and opens it again.
    package func reopen() throws(StoreError) {
        close()
        try folder.checkStillThere()
        try open()
    }

    /// Closes the store; every snapshot has been closed before.
    package func close() {
        guard let database = unsafe database else { return }
        precondition(openSnapshots.withLock { $0 } == 0, "a store closes after its snapshots")
        unsafe self.database = nil
        unsafe rocksdb_close(database)
    }

    /// Writes what the log holds into tables, so that the logs of many short lives do not pile up.
    ///
    /// A failure is no loss: the log is still there.
    package func tidy() {
        guard let database = unsafe database, let options = unsafe rocksdb_flushoptions_create() else {
            return
        }
        _ = unsafe RocksDBFault.catching { unsafe rocksdb_flush(database, options, $0) }
        unsafe rocksdb_flushoptions_destroy(options)
    }

    private func open() throws(StoreError) {
        try folder.prepare()
        try folder.checkLogs()
        var opened: OpaquePointer?
        let fault = unsafe RocksDBFault.catching {
            unsafe opened = rocksdb_open(options.database, folder.path, $0)
        }
        if let fault {
            if fault.isLocked { throw folder.lockedError(byThisProcess: fault.isLockedByUs) }
            throw folder.naming(fault.error(folder: folder.path))
        }
        unsafe database = unsafe opened
    }

    private static func makeBatch() -> OpaquePointer {
        guard let batch = unsafe rocksdb_writebatch_create() else {
            preconditionFailure("no memory for a batch")
        }
        return unsafe batch
    }

    private func replaceBatch() {
        unsafe rocksdb_writebatch_destroy(batch)
        unsafe batch = Self.makeBatch()
    }

    private func fill(_ operation: Int, of group: OperationGroup) {
        for index in group.entries(of: operation) {
            let entry = group.entry(index)
            if entry.kind == .requireAbsent || entry.kind == .requireVersion { continue }
            let key = unsafe group.key(of: entry).bindMemory(to: CChar.self)
            let tail = unsafe group.tail(of: entry).bindMemory(to: CChar.self)
            switch entry.kind {
            case .requireAbsent, .requireVersion: continue
            case .put:
                unsafe rocksdb_writebatch_put(batch, key.baseAddress, key.count, tail.baseAddress, tail.count)
            case .delete: unsafe rocksdb_writebatch_delete(batch, key.baseAddress, key.count)
            }
        }
    }
}

/// What the snapshots and the judge use.
extension RocksDBStore: StoredVersions {
    func version(of key: UnsafeRawBufferPointer) throws(StoreError) -> UInt64? {
        switch unsafe try read(key, options.read, { _ in }) {
        case .found(let version): version
        // A read that may wait for the disk throws what it could not finish.
        case .absent, .incomplete: nil
        }
    }

    func get(
        _ key: Span<UInt8>, _ options: OpaquePointer, into value: inout [UInt8]
    ) throws(StoreError) -> UInt64? {
        value.removeAll(keepingCapacity: true)
        let answer = try unsafe key.withUnsafeBytes { key throws(StoreError) in
            try unsafe read(key, options) { unsafe value.append(contentsOf: StoredValue.value(of: $0)) }
        }
        guard case .found(let version) = answer else { return nil }
        return version
    }

    /// Throws for the fault of a call, if it left one.
    func check(_ call: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Void) throws(StoreError) {
        guard let fault = unsafe RocksDBFault.catching(call) else { return }
        throw fault.error(folder: folder.path)
    }

    /// The version in front of a stored value.
    func version(in stored: UnsafeRawBufferPointer) throws(StoreError) -> UInt64 {
        if let version = unsafe StoredValue.version(of: stored) { return version }
        throw StoreError(
            code: .corruption,
            message: "the store in \(folder.path) is damaged (a value without a version): "
                + "restore the folder from a backup, or move it away to begin with an empty one")
    }

    func snapshotClosed() { openSnapshots.withLock { $0 -= 1 } }

    /// Looks a key up and shows `body` what is stored, version and value, while RocksDB holds on to it.
    private func read(
        _ key: UnsafeRawBufferPointer, _ options: OpaquePointer, _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(StoreError) -> CachedRead {
        let database = unsafe try opened()
        let bytes = unsafe key.bindMemory(to: CChar.self)
        var found: OpaquePointer?
        let fault = unsafe RocksDBFault.catching {
            unsafe found = rocksdb_get_pinned(database, options, bytes.baseAddress, bytes.count, $0)
        }
        if let fault {
            if fault.isIncomplete, unsafe options == self.options.cachedRead { return .incomplete }
            throw fault.error(folder: folder.path)
        }
        guard let found = unsafe found else { return .absent }
        defer { unsafe rocksdb_pinnableslice_destroy(found) }
        var count = 0
        let start = unsafe rocksdb_pinnableslice_value(found, &count)
        let stored = unsafe UnsafeRawBufferPointer(start: start, count: count)
        let version = unsafe try version(in: stored)
        unsafe body(stored)
        return .found(version: version)
    }

    private func opened() throws(StoreError) -> OpaquePointer {
        if let database = unsafe database { return unsafe database }
        throw StoreError(code: .closed, message: "the store in \(folder.path) is closed: open it again")
    }
}
