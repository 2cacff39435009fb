/// Where jobs live: keys in byte order, changed by conditional operations in synced groups.
///
/// What RocksDB, memory and etcd have in common. Jobs are laid out on it once, in `JobStore`, so that an engine is one
/// folder and passes the one conformance suite.
///
/// # Values and versions
/// Every value carries a version, a number that the writer chooses and conditions compare. It is kept beside the value.
///
/// # Threads
/// `commit`, `reopen` and `close` on one thread at a time, the writer's. `get` and `snapshot` on any thread but the loop,
/// which may call `getCached` only. Nothing may read while `reopen` or `close` runs: the caller drains its readers first.
package protocol OrderedStore: AnyObject, Sendable {
    /// Judges the operations in order, each over the store and what those before it in the group wrote, and writes all
    /// that hold as one batch: atomic, and on disk when this returns. Sets the verdicts of `group`.
    ///
    /// When it throws, the batch may be on disk or not, and only `reopen` can tell.
    func commit(_ group: OperationGroup) throws(StoreError)

    /// Reads a value into `value`, replacing what is there; answers its version, or `nil` where there is none.
    func get(_ key: Span<UInt8>, into value: inout [UInt8]) throws(StoreError) -> UInt64?

    /// Reads a value if that takes no look at the disk.
    func getCached(_ key: Span<UInt8>, into value: inout [UInt8]) throws(StoreError) -> CachedRead

    /// The store as it is now, unmoved by later commits. To be closed by the caller.
    func snapshot() throws(StoreError) -> any StoreSnapshot

    /// Closes the store and opens it again, after a fault. Throws as long as it cannot be opened.
    func reopen() throws(StoreError)

    /// Closes the store; what was committed stays.
    func close()

    /// Puts the store's files in order, before an orderly close.
    func tidy()
}

extension OrderedStore {
    package func tidy() {}
}

/// What a look at the cache brought.
package enum CachedRead: Equatable {
    /// The value was there, with this version.
    case found(version: UInt64)
    /// There is certainly no such key.
    case absent
    /// Only the disk knows.
    case incomplete
}

/// A store at one moment.
package protocol StoreSnapshot: AnyObject {
    /// Reads a value into `value`; answers its version, or `nil` where there is none.
    func get(_ key: Span<UInt8>, into value: inout [UInt8]) throws(StoreError) -> UInt64?

    /// Calls `body` with each key from `from` up to but not including `to`, ascending, until it answers `false` or
    /// `limit` keys were shown. The bytes are valid during the call only.
    func scan(
        from: Span<UInt8>, to: Span<UInt8>, limit: Int,
        _ body: (_ key: UnsafeRawBufferPointer, _ version: UInt64, _ value: UnsafeRawBufferPointer) -> Bool
    ) throws(StoreError)

    /// Lets the store forget the snapshot. Once; before the store is closed.
    func close()
}
