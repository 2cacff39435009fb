/// The fields of a schedule request, each of the right type; what they say is judged afterwards.
package struct JobFields: Sendable {
    /// The name, which must not stand in the body.
    package var name: String?
    /// When it fires again and again.
    package var schedule: String?
    /// When it fires first.
    package var dueTime: String?
    /// How often it fires at most.
    package var repeats: UInt32?
    /// Whether a job of the same name is replaced.
    package var overwrite = false
    /// The data, JSON text as it was sent; a JSON null is data.
    package var data: [UInt8]?
    /// After which instant it fires no more.
    package var ttl: String?
    /// What follows a failed attempt; `nil` where nothing was said, which means the default.
    package var failurePolicy: FailurePolicy?

    package init() {}
}

extension JobFields {
    /// What is read of a body; a field's number is its slot in the walker.
    private enum Slot: Int, CaseIterable {
        case name, schedule, dueTime, dueTimeProto, repeats, overwrite, data, ttl, failurePolicy,
            failurePolicyProto

        var spelling: String {
            switch self {
            case .name: "name"
            case .schedule: "schedule"
            case .dueTime: "dueTime"
            case .dueTimeProto: "due_time"
            case .repeats: "repeats"
            case .overwrite: "overwrite"
            case .data: "data"
            case .ttl: "ttl"
            case .failurePolicy: "failurePolicy"
            case .failurePolicyProto: "failure_policy"
            }
        }
    }

    /// A walker that finds these fields.
    static func makeWalker() -> JSONWalker { JSONWalker(fields: Slot.allCases.map(\.spelling)) }

    /// Reads them from what the walker found.
    init(_ walker: JSONWalker, _ policies: FailurePolicyReader) throws(JSONFieldFault) {
        // Both spellings are one field, which may be given once; even a null counts as given.
        if walker.kind(Slot.dueTime.rawValue) != nil, walker.kind(Slot.dueTimeProto.rawValue) != nil {
            throw JSONFieldFault("duplicate field \"due_time\"")
        }
        if walker.kind(Slot.failurePolicy.rawValue) != nil,
            walker.kind(Slot.failurePolicyProto.rawValue) != nil
        {
            throw JSONFieldFault("duplicate field \"failure_policy\"")
        }
        name = try Self.string(.name, walker)
        schedule = try Self.string(.schedule, walker)
        dueTime = try Self.string(
            walker.kind(Slot.dueTime.rawValue) == nil ? .dueTimeProto : .dueTime, walker)
        repeats = try Self.unsigned(.repeats, walker)
        overwrite = try Self.boolean(.overwrite, walker)
        // The one field in which null is a value.
        data = walker.kind(Slot.data.rawValue) == nil ? nil : walker.slice(Slot.data.rawValue)
        ttl = try Self.string(.ttl, walker)
        failurePolicy = try Self.policy(
            walker.kind(Slot.failurePolicy.rawValue) == nil ? .failurePolicyProto : .failurePolicy, walker,
            policies)
    }

    private static func string(_ slot: Slot, _ walker: JSONWalker) throws(JSONFieldFault) -> String? {
        switch walker.kind(slot.rawValue) {
        case nil, .null: return nil
        case .string: return walker.string(slot.rawValue)
        case .object, .array, .number, .boolean:
            throw JSONFieldFault("string", slot.spelling, walker.slice(slot.rawValue))
        }
    }

    private static func boolean(_ slot: Slot, _ walker: JSONWalker) throws(JSONFieldFault) -> Bool {
        switch walker.kind(slot.rawValue) {
        case nil, .null: return false
        case .boolean: return walker.isTrue(slot.rawValue)
        case .object, .array, .number, .string:
            throw JSONFieldFault("bool", slot.spelling, walker.slice(slot.rawValue))
        }
    }

    /// A number, or one in quotes.
    private static func unsigned(_ slot: Slot, _ walker: JSONWalker) throws(JSONFieldFault) -> UInt32? {
        let number: UInt32?
        switch walker.kind(slot.rawValue) {
        case nil, .null: return nil
        case .number: number = IntegralNumber.unsigned(walker.slice(slot.rawValue))
        case .string: number = IntegralNumber.unsigned(Array(walker.string(slot.rawValue).utf8))
        case .object, .array, .boolean: number = nil
        }
        guard let number else { throw JSONFieldFault("uint32", slot.spelling, walker.slice(slot.rawValue)) }
        return number
    }

    private static func policy(
        _ slot: Slot, _ walker: JSONWalker, _ policies: FailurePolicyReader
    ) throws(JSONFieldFault) -> FailurePolicy? {
        switch walker.kind(slot.rawValue) {
        case nil, .null: return nil
        case .object: return try policies.read(walker.slice(slot.rawValue))
        case .array, .number, .boolean, .string:
            throw JSONFieldFault("object", slot.spelling, walker.slice(slot.rawValue))
        }
    }
}

/// A field that is not what it must be.
struct JSONFieldFault: Error {
    let description: String

    init(_ description: String) { self.description = description }

    init(_ type: String, _ field: String, _ value: [UInt8], hint: String = "") {
        description = "invalid value for \(type) field \(field): \(Self.shown(value))\(hint)"
    }

    /// The beginning of a value, as much as a message takes.
    static func shown(_ value: [UInt8]) -> String {
        let shown = String(decoding: value.prefix(JSONFault.longestToken), as: UTF8.self)
        return value.count > JSONFault.longestToken ? shown + "…" : shown
    }
}
