/// A hash table by jobs' names.
///
/// An array of bytes as a key feeds the hasher byte by byte; here it is handed over as a whole.
struct NameTable<Value> {
    private struct Key: Hashable {
        let name: [UInt8]

        func hash(into hasher: inout Hasher) {
            unsafe name.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        }
    }

    private var entries: [Key: Value] = [:]

    /// How many names there are.
    var count: Int { entries.count }

    /// What the names stand for, in no order.
    var values: some Collection<Value> { entries.values }

    /// What a name stands for; `nil` where there is nothing.
    subscript(name: [UInt8]) -> Value? {
        get { entries[Key(name: name)] }
        set { entries[Key(name: name)] = newValue }
    }

    /// Takes a name out.
    mutating func remove(_ name: [UInt8]) -> Value? { entries.removeValue(forKey: Key(name: name)) }
}

extension NameTable where Value == PendingJob {
    /// Takes a job out, unless another one of its name stands here.
    mutating func remove(_ job: PendingJob) -> Bool {
        guard let known = remove(job.name) else { return false }
        if known === job { return true }
        self[job.name] = known
        return false
    }
}
