internal import Reactor

/// A store that forgets everything when the process ends: for runtimes without a data directory, and for tests.
///
/// It keeps the rules of the others: after a failed commit nothing more is committed until `reopen`. Snapshots are
/// copies on write. Every call holds one lock for its whole length.
package final class MemoryStore: OrderedStore {
    /// What a test makes go wrong, for as long as it is set.
    package struct Fault: Sendable, Equatable {
        /// When a commit fails, which is what nobody can tell from outside.
        package enum Moment: Sendable { case beforeWriting, afterWriting }

        /// What `commit` and `reopen` throw.
        package let error: StoreError
        /// Whether the group that failed is there after the reopen.
        package let moment: Moment

        /// A disk that fails with `error`.
        package init(_ error: StoreError, _ moment: Moment) {
            self.error = error
            self.moment = moment
        }
    }

    private struct State: Sendable, StoredVersions {
        var map = ChunkedMap()
        /// What the next reopen finds.
        var unseen: ChunkedMap?
        var fault: Fault?
        /// Why nothing can be committed: the error of the commit that failed.
        var broken: StoreError?
        var isOpen = true

        func version(of key: UnsafeRawBufferPointer) -> UInt64? { unsafe map.find(key)?.version }
    }

    private let state = Guarded(State())

    /// An empty store.
    package init() {}

    /// The fault that every commit and reopen meets; set and cleared while the store is in use.
    package var fault: Fault? {
        get { state.withLock { $0.fault } }
        set { state.withLock { $0.fault = newValue } }
    }

    /// How many keys there are.
    package var count: Int { state.withLock { $0.map.count } }

    /// Judges and writes a group; see `OrderedStore`.
    package func commit(_ group: OperationGroup) throws(StoreError) {
        try state.withLock { (state: inout State) throws(StoreError) in
            try Self.checkOpen(state)
            if let broken = state.broken { throw broken }
            if let fault = state.fault {
                state.broken = fault.error
                if fault.moment == .beforeWriting { throw fault.error }
                var map = state.map
                try GroupJudge().judge(group, over: state)
                Self.write(group, to: &map)
                state.unseen = map
                throw fault.error
            }
            try GroupJudge().judge(group, over: state)
            Self.write(group, to: &state.map)
        }
    }

    /// Reads a value; see `OrderedStore`.
    package func get(_ key: Span<UInt8>, into value: inout [UInt8]) throws(StoreError) -> UInt64? {
        try current().get(key, into: &value)
    }

    /// Reads a value; there is no disk to look at.
    package func getCached(_ key: Span<UInt8>, into value: inout [UInt8]) throws(StoreError) -> CachedRead {
        guard let version = try get(key, into: &value) else { return .absent }
        return .found(version: version)
    }

    /// The store as it is now.
    package func snapshot() throws(StoreError) -> any StoreSnapshot { MemorySnapshot(try current()) }

    /// Opens the store again, with all that was committed and perhaps the group that failed.
    package func reopen() throws(StoreError) {
        try state.withLock { (state: inout State) throws(StoreError) in
            state.isOpen = false
            if let fault = state.fault { throw fault.error }
            if let unseen = state.unseen { state.map = unseen }
            state.unseen = nil
            state.broken = nil
            state.isOpen = true
        }
    }

    /// Refuses everything from now on but `reopen`.
    package func close() { state.withLock { $0.isOpen = false } }

    private func current() throws(StoreError) -> ChunkedMap {
        try state.withLock { (state: inout State) throws(StoreError) in
            try Self.checkOpen(state)
            return state.map
        }
    }

    private static func checkOpen(_ state: State) throws(StoreError) {
        guard !state.isOpen else { return }
        throw StoreError(code: .closed, message: "the store in memory is closed: open it again")
    }

    private static func write(_ group: OperationGroup, to map: inout ChunkedMap) {
        for operation in 0..<group.count where group.isApplied(operation) {
            for index in group.entries(of: operation) {
                let entry = group.entry(index)
                let key = unsafe group.key(of: entry)
                let tail = unsafe group.tail(of: entry)
                switch entry.kind {
                case .requireAbsent, .requireVersion: continue
                case .put: unsafe map.put(key, version: entry.version, StoredValue.value(of: tail))
                case .delete: unsafe map.remove(key)
                }
            }
        }
    }
}

extension ChunkedMap {
    fileprivate func get(_ key: Span<UInt8>, into value: inout [UInt8]) -> UInt64? {
        let record = unsafe key.withUnsafeBytes { unsafe find($0) }
        value.removeAll(keepingCapacity: true)
        guard let record else { return nil }
        value.append(contentsOf: record.value)
        return record.version
    }
}

/// The store in memory at one moment.
private final class MemorySnapshot: StoreSnapshot {
    private var map: ChunkedMap?

    init(_ map: ChunkedMap) { self.map = map }

    func get(_ key: Span<UInt8>, into value: inout [UInt8]) throws(StoreError) -> UInt64? {
        try opened().get(key, into: &value)
    }

    func scan(
        from: Span<UInt8>, to: Span<UInt8>, limit: Int,
        _ body: (_ key: UnsafeRawBufferPointer, _ version: UInt64, _ value: UnsafeRawBufferPointer) -> Bool
    ) throws(StoreError) {
        let map = try opened()
        unsafe from.withUnsafeBytes { first in
            unsafe to.withUnsafeBytes { end in
                unsafe map.scan(from: first, to: end, limit: limit) { record in
                    unsafe record.key.withUnsafeBytes { key in
                        unsafe record.value.withUnsafeBytes { value in unsafe body(key, record.version, value)
                        }
                    }
                }
            }
        }
    }

    func close() { map = nil }

    private func opened() throws(StoreError) -> ChunkedMap {
        guard let map else {
            throw StoreError(code: .closed, message: "the snapshot is closed: take a new one")
        }
        return map
    }
}
