import JobsRuntime

extension MemoryStore {
    /// Every key, in order.
    func keys() throws -> [[UInt8]] {
        var keys: [[UInt8]] = []
        let first: [UInt8] = [0]
        let end: [UInt8] = [0xFF]
        let snapshot = try snapshot()
        defer { snapshot.close() }
        try unsafe snapshot.scan(from: first.span, to: end.span, limit: .max) { key, _, _ in
            unsafe keys.append(Array(key))
            return true
        }
        return keys
    }
}
