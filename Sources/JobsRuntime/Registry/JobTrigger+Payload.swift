extension JobTrigger {
    /// The string that a job carries: under `key` of its data, or the data itself where that is a string.
    ///
    /// `{"Value":"R2-D2:Oil Change"}` and `"R2-D2:Oil Change"` both answer `R2-D2:Oil Change` for `Value`.
    /// Takes less than a microsecond and copies nothing but the string; may be called on any thread.
    public func string(_ key: String) throws(PayloadError) -> String {
        guard let data else { throw PayloadError(description: "the job has no data") }
        let walker = JSONWalker(fields: [key])
        return try unsafe data.withUnsafeBufferPointer { bytes throws(PayloadError) in
            try unsafe Self.string(key, in: UnsafeRawBufferPointer(bytes), walker)
        }
    }

    private static func string(
        _ key: String, in text: UnsafeRawBufferPointer, _ walker: JSONWalker
    ) throws(PayloadError) -> String {
        let kind: JSONKind
        do { unsafe kind = try walker.walk(text) } catch {
            throw PayloadError(description: error.description)
        }
        switch (kind, walker.kind(0)) {
        case (.string, _): return walker.rootString
        case (.object, .string): return walker.string(0)
        case (.object, nil): throw PayloadError(description: "the data has no field \"\(key)\"")
        case (.object, let found?): throw PayloadError(description: "\"\(key)\" is not a string but \(found)")
        default: throw PayloadError(description: "the data is neither a string nor an object but \(kind)")
        }
    }
}

/// Why a job's data is not what its handler expects.
public struct PayloadError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One clause, for the reason of a failed attempt.
    public let description: String

    init(description: String) { self.description = description }
}
