/// How a failure policy stands in a record: its kind; for a constant one then which of its fields are set, and those.
private enum PolicyCoding {
    static let drop: UInt8 = 0
    static let constant: UInt8 = 1

    /// The fields that are set.
    static let interval: UInt8 = 1
    static let maximumRetries: UInt8 = 2
}

extension RecordWriter {
    /// Adds a failure policy.
    mutating func add(_ tag: UInt8, _ policy: FailurePolicy) {
        var bytes: [UInt8] = []
        switch policy {
        case .drop: bytes.append(PolicyCoding.drop)
        case .constant(let interval, let maximumRetries):
            bytes.append(PolicyCoding.constant)
            bytes.append(
                (interval == nil ? 0 : PolicyCoding.interval)
                    | (maximumRetries == nil ? 0 : PolicyCoding.maximumRetries))
            if let interval {
                let (seconds, attoseconds) = interval.components
                bytes.append(bigEndian: seconds)
                bytes.append(bigEndian: UInt32(clamping: attoseconds / 1_000_000_000))
            }
            if let maximumRetries { bytes.append(bigEndian: maximumRetries) }
        }
        add(tag, bytes)
    }
}

extension RecordReader {
    /// Reads a failure policy; an interval below 0 was never written.
    func policy(_ field: Field) throws(StoreError) -> FailurePolicy {
        var rest = array(field)[...]
        switch rest.popFirst() {
        case PolicyCoding.drop:
            guard rest.isEmpty else { throw damaged() }
            return .drop
        case PolicyCoding.constant: break
        case nil: throw damaged()
        case let kind?:
            throw .record(
                .newerFormat,
                "a job has a failure policy of kind \(kind), which this version does not know: use a newer one"
            )
        }
        guard let set = rest.popFirst() else { throw damaged() }
        var interval: Duration?
        var maximumRetries: UInt32?
        if set & PolicyCoding.interval != 0 {
            let seconds = Int64(bitPattern: try number(&rest, byteCount: 8))
            let nanoseconds = Int64(bitPattern: try number(&rest, byteCount: 4))
            guard seconds >= 0, nanoseconds < 1_000_000_000 else { throw damaged() }
            interval = .seconds(seconds) + .nanoseconds(nanoseconds)
        }
        if set & PolicyCoding.maximumRetries != 0 {
            maximumRetries = UInt32(truncatingIfNeeded: try number(&rest, byteCount: 4))
        }
        guard rest.isEmpty, set <= PolicyCoding.interval | PolicyCoding.maximumRetries else {
            throw damaged()
        }
        return .constant(interval: interval, maximumRetries: maximumRetries)
    }

    private func number(_ bytes: inout ArraySlice<UInt8>, byteCount: Int) throws(StoreError) -> UInt64 {
        guard bytes.count >= byteCount else { throw damaged() }
        defer { bytes.removeFirst(byteCount) }
        return bytes.prefix(byteCount).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
