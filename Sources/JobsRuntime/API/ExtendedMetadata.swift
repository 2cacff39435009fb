/// What clients have put under `extended` of the metadata, for as long as the process lives.
package struct ExtendedMetadata {
    /// How much may be kept: the values stay in memory, and anybody who may call the API can put them.
    package enum Limit {
        /// Keys in all.
        package static let keys = 128
        /// Bytes of a key.
        package static let keyBytes = 256
        /// Bytes of a value.
        package static let valueBytes = 64 << 10
    }

    /// Why a value was not kept.
    package struct Refusal: Error, Sendable, Equatable {
        /// One sentence that names the limit.
        package let message: String
    }

    private static let versionKey = Array("daprRuntimeVersion".utf8)
    private var values: [[UInt8]: [UInt8]] = [:]
    private let version: [UInt8]

    package init(version: String) { self.version = Array(version.utf8) }

    /// Keeps a value, which replaces the one of the same key.
    package mutating func put(_ key: [UInt8], _ value: [UInt8]) throws(Refusal) {
        guard key.count <= Limit.keyBytes else {
            throw Refusal(message: "metadata key of \(key.count) bytes: at most \(Limit.keyBytes) are kept")
        }
        guard value.count <= Limit.valueBytes else {
            throw Refusal(
                message:
                    "metadata value of \(value.count) bytes for \(GoQuote.quoted(key)): at most \(Limit.valueBytes) are kept"
            )
        }
        guard values[key] != nil || values.count < Limit.keys else {
            throw Refusal(message: "metadata key \(GoQuote.quoted(key)): \(Limit.keys) are kept already")
        }
        values[key] = value
    }

    /// All of it in the order of the keys; the runtime's version is the runtime's to say.
    package var entries: [(key: [UInt8], value: [UInt8])] {
        var all = values
        all[Self.versionKey] = version
        return all.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { (key: $0.key, value: $0.value) }
    }
}
