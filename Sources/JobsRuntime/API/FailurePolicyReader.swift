/// Reads a `failurePolicy` as it stands in a schedule request (contract, section 1.3).
///
/// Made once for a loop, since walkers are; not `Sendable`.
final class FailurePolicyReader {
    private enum Kind: Int, CaseIterable {
        case drop, constant
    }

    private enum Field: Int, CaseIterable {
        case interval, maxRetries, maxRetriesProto
    }

    private let kinds = JSONWalker(fields: ["drop", "constant"])
    private let fields = JSONWalker(fields: ["interval", "maxRetries", "max_retries"])

    /// The policy that an object's text names, or `nil` for one that names none, which means the default.
    ///
    /// Fields that it does not know are ignored, and a null is no value, as everywhere in a request.
    func read(_ text: [UInt8]) throws(JSONFieldFault) -> FailurePolicy? {
        // What a walker found is good while the text stays where it is.
        try unsafe text.withUnsafeBufferPointer { bytes throws(JSONFieldFault) in
            try unsafe Self.walk(kinds, bytes)
            let drop = try Self.object(Kind.drop.rawValue, kinds, "failurePolicy.drop")
            let constant = try Self.object(Kind.constant.rawValue, kinds, "failurePolicy.constant")
            switch (drop, constant) {
            case (nil, nil): return nil
            case (_?, nil): return .drop
            case (nil, let constant?): return try readConstant(constant)
            case (_?, _?):
                let shown = JSONFieldFault.shown(text)
                throw JSONFieldFault(
                    "field failurePolicy has both drop and constant, and takes one: \(shown)")
            }
        }
    }

    private func readConstant(_ text: [UInt8]) throws(JSONFieldFault) -> FailurePolicy {
        try unsafe text.withUnsafeBufferPointer { bytes throws(JSONFieldFault) in
            try unsafe Self.walk(fields, bytes)
            if fields.kind(Field.maxRetries.rawValue) != nil,
                fields.kind(Field.maxRetriesProto.rawValue) != nil
            {
                throw JSONFieldFault("duplicate field \"max_retries\"")
            }
            let retries =
                fields.kind(Field.maxRetries.rawValue) == nil ? Field.maxRetriesProto : .maxRetries
            return .constant(interval: try interval(), maximumRetries: try unsigned(retries))
        }
    }

    private func interval() throws(JSONFieldFault) -> Duration? {
        let slot = Field.interval.rawValue
        let name = "failurePolicy.constant.interval"
        switch fields.kind(slot) {
        case nil, .null: return nil
        case .object, .array, .number, .boolean:
            throw JSONFieldFault("duration", name, fields.slice(slot), hint: Self.durationHint)
        case .string: break
        }
        do {
            return try ProtobufDuration.parse(fields.string(slot))
        } catch {
            switch error {
            case .malformed:
                throw JSONFieldFault("duration", name, fields.slice(slot), hint: Self.durationHint)
            case .outOfRange:
                throw JSONFieldFault(
                    "duration", name, fields.slice(slot),
                    hint: " (at most \(ProtobufDuration.maximumSeconds) seconds)")
            }
        }
    }

    private func unsigned(_ field: Field) throws(JSONFieldFault) -> UInt32? {
        let number: UInt32?
        switch fields.kind(field.rawValue) {
        case nil, .null: return nil
        case .number: number = IntegralNumber.unsigned(fields.slice(field.rawValue))
        case .string: number = IntegralNumber.unsigned(Array(fields.string(field.rawValue).utf8))
        case .object, .array, .boolean: number = nil
        }
        guard let number else {
            throw JSONFieldFault("uint32", "failurePolicy.constant.maxRetries", fields.slice(field.rawValue))
        }
        return number
    }

    private static let durationHint = #" (decimal seconds and an s, such as "0.2s")"#

    private static func walk(
        _ walker: JSONWalker, _ text: UnsafeBufferPointer<UInt8>
    ) throws(JSONFieldFault) {
        do { _ = unsafe try walker.walk(UnsafeRawBufferPointer(text)) } catch {
            throw JSONFieldFault(error.description)
        }
    }

    /// An object's text, or `nil` where there is none.
    private static func object(_ slot: Int, _ walker: JSONWalker, _ name: String) throws(JSONFieldFault)
        -> [UInt8]?
    {
        switch walker.kind(slot) {
        case nil, .null: return nil
        case .object: return walker.slice(slot)
        case .array, .number, .boolean, .string:
            throw JSONFieldFault("object", name, walker.slice(slot))
        }
    }
}
