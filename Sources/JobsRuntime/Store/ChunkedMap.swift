/// Keys in byte order with their values, for 100,000 and more: sorted chunks of bounded length.
///
/// A value: a copy is a snapshot, and what a later write shares with it is copied chunk by chunk. A look costs two
/// binary searches; a write moves at most one chunk and, when that splits, the list of chunks.
struct ChunkedMap: Sendable {
    struct Record: Sendable {
        let key: [UInt8]
        var version: UInt64
        var value: [UInt8]
    }

    /// Where a key is, or belongs.
    private struct Place {
        let chunk: Int
        let index: Int
        let isFound: Bool
    }

    private enum Limits {
        /// A chunk longer than this is split in two.
        static let chunkLength = 512
    }

    // No chunk is empty.
    private var chunks: [[Record]] = []
    private(set) var count = 0

    func find(_ key: UnsafeRawBufferPointer) -> Record? {
        let place = unsafe place(of: key)
        return place.isFound ? chunks[place.chunk][place.index] : nil
    }

    mutating func put(_ key: UnsafeRawBufferPointer, version: UInt64, _ value: UnsafeRawBufferPointer) {
        let place = unsafe place(of: key)
        let bytes = unsafe [UInt8](value)
        if place.isFound {
            chunks[place.chunk][place.index].version = version
            chunks[place.chunk][place.index].value = bytes
            return
        }
        count += 1
        let record = unsafe Record(key: [UInt8](key), version: version, value: bytes)
        guard !chunks.isEmpty else { return chunks.append([record]) }
        chunks[place.chunk].insert(record, at: place.index)
        if chunks[place.chunk].count > Limits.chunkLength { split(place.chunk) }
    }

    mutating func remove(_ key: UnsafeRawBufferPointer) {
        let place = unsafe place(of: key)
        guard place.isFound else { return }
        chunks[place.chunk].remove(at: place.index)
        count -= 1
        if chunks[place.chunk].isEmpty { chunks.remove(at: place.chunk) }
    }

    /// Calls `body` with each record from `from` up to but not including `to` until it answers `false` or `limit`
    /// were shown.
    func scan(
        from: UnsafeRawBufferPointer, to: UnsafeRawBufferPointer, limit: Int, _ body: (Record) -> Bool
    ) {
        guard !chunks.isEmpty else { return }
        let first = unsafe place(of: from)
        var shown = 0
        var index = first.index
        for chunk in chunks[first.chunk...] {
            for record in chunk[index...] {
                let isInside = unsafe record.key.withUnsafeBytes { unsafe KeyOrder.precedes($0, to) }
                guard shown < limit, isInside, body(record) else { return }
                shown += 1
            }
            index = 0
        }
    }

    private func place(of key: UnsafeRawBufferPointer) -> Place {
        // The last chunk that starts at or before the key; a key before all belongs to the first.
        let after = Self.firstIndex(chunks.count) { index in
            unsafe chunks[index][0].key.withUnsafeBytes { unsafe KeyOrder.precedes(key, $0) }
        }
        let chunk = max(after - 1, 0)
        guard chunk < chunks.count else { return Place(chunk: 0, index: 0, isFound: false) }
        let records = chunks[chunk]
        let index = Self.firstIndex(records.count) { index in
            unsafe records[index].key.withUnsafeBytes { unsafe !KeyOrder.precedes($0, key) }
        }
        guard index < records.count else { return Place(chunk: chunk, index: index, isFound: false) }
        let isFound = unsafe records[index].key.withUnsafeBytes { unsafe KeyOrder.equal($0, key) }
        return Place(chunk: chunk, index: index, isFound: isFound)
    }

    /// The first index below `count` of which `isTrue`, where it is true of all after it too; else `count`.
    private static func firstIndex(_ count: Int, where isTrue: (Int) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = low + (high - low) / 2
            if isTrue(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    private mutating func split(_ chunk: Int) {
        let middle = chunks[chunk].count / 2
        let right = Array(chunks[chunk][middle...])
        chunks[chunk].removeSubrange(middle...)
        chunks.insert(right, at: chunk + 1)
    }
}
