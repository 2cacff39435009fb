internal import CRocksDB

/// The store in RocksDB at one moment.
///
/// It keeps what later commits replace from being cleaned away: close it soon.
@safe final class RocksDBSnapshot: StoreSnapshot {
    private let store: RocksDBStore
    private let database: OpaquePointer
    private let moment: OpaquePointer
    private let options: OpaquePointer
    private var isOpen = true

    init(store: RocksDBStore, database: OpaquePointer) {
        guard let moment = unsafe rocksdb_create_snapshot(database),
            let options = unsafe rocksdb_readoptions_create()
        else { preconditionFailure("no memory for a snapshot") }
        self.store = store
        unsafe self.database = unsafe database
        unsafe self.moment = unsafe moment
        unsafe self.options = unsafe options
        unsafe rocksdb_readoptions_set_snapshot(options, moment)
    }

    deinit { if isOpen { close() } }

    func get(_ key: Span<UInt8>, into value: inout [UInt8]) throws(StoreError) -> UInt64? {
        try checkOpen()
        return unsafe try store.get(key, options, into: &value)
    }

    func scan(
        from: Span<UInt8>, to: Span<UInt8>, limit: Int,
        _ body: (_ key: UnsafeRawBufferPointer, _ version: UInt64, _ value: UnsafeRawBufferPointer) -> Bool
    ) throws(StoreError) {
        try checkOpen()
        guard to.count > 0, limit > 0 else { return }
        try unsafe to.withUnsafeBytes { end throws(StoreError) in
            // The iterator reads the bound as long as it lives.
            let end = unsafe end.bindMemory(to: CChar.self)
            unsafe rocksdb_readoptions_set_iterate_upper_bound(options, end.baseAddress, end.count)
            defer { unsafe rocksdb_readoptions_set_iterate_upper_bound(options, nil, 0) }
            guard let iterator = unsafe rocksdb_create_iterator(database, options) else {
                preconditionFailure("no memory for an iterator")
            }
            defer { unsafe rocksdb_iter_destroy(iterator) }
            unsafe seek(iterator, to: from)
            unsafe try show(iterator, limit: limit, body)
            try unsafe store.check { unsafe rocksdb_iter_get_error(iterator, $0) }
        }
    }

    func close() {
        precondition(isOpen, "a snapshot is closed once")
        isOpen = false
        unsafe rocksdb_readoptions_destroy(options)
        unsafe rocksdb_release_snapshot(database, moment)
        store.snapshotClosed()
    }

    private func seek(_ iterator: OpaquePointer, to key: Span<UInt8>) {
        unsafe key.withUnsafeBytes { key in
            guard let start = key.baseAddress else { return unsafe rocksdb_iter_seek_to_first(iterator) }
            unsafe rocksdb_iter_seek(iterator, start.assumingMemoryBound(to: CChar.self), key.count)
        }
    }

    private func show(
        _ iterator: OpaquePointer, limit: Int,
        _ body: (_ key: UnsafeRawBufferPointer, _ version: UInt64, _ value: UnsafeRawBufferPointer) -> Bool
    ) throws(StoreError) {
        var shown = 0
        while unsafe rocksdb_iter_valid(iterator) != 0 {
            var keyCount = 0
            var count = 0
            let key = unsafe UnsafeRawBufferPointer(
                start: rocksdb_iter_key(iterator, &keyCount), count: keyCount)
            let stored = unsafe UnsafeRawBufferPointer(
                start: rocksdb_iter_value(iterator, &count), count: count)
            let version = unsafe try store.version(in: stored)
            shown += 1
            guard unsafe body(key, version, StoredValue.value(of: stored)), shown < limit else { return }
            unsafe rocksdb_iter_next(iterator)
        }
    }

    private func checkOpen() throws(StoreError) {
        if !isOpen { throw StoreError(code: .closed, message: "the snapshot is closed: take a new one") }
    }
}
