internal import CSimdjson

/// What a JSON value is.
package enum JSONKind: Sendable {
    case object, array, string, number, boolean, null

    init?(_ kind: csimdjson_kind) {
        switch kind {
        case CSIMDJSON_OBJECT: self = .object
        case CSIMDJSON_ARRAY: self = .array
        case CSIMDJSON_STRING: self = .string
        case CSIMDJSON_NUMBER: self = .number
        case CSIMDJSON_BOOLEAN: self = .boolean
        case CSIMDJSON_NULL: self = .null
        default: return nil
        }
    }
}

/// Validates JSON text as a whole and finds the fields of its outermost object, without building anything.
///
/// Strict: types, numbers, escapes, surrogates, UTF-8 and nesting everywhere; keys given twice within the fields that it
/// looks for, at any depth. What else the object holds is ignored, as protobuf's JSON ignores it. Made once (for a loop)
/// and used for each body; about 140 ns for 75 bytes. Not `Sendable`: one thread at a time.
@safe package final class JSONWalker {
    /// The most objects and arrays within each other.
    package static let deepestNesting = 512

    private let raw: OpaquePointer
    private let slotCount: Int
    // SAFETY: looked at by the accessors only, which their callers use while the text they walked is still
    // there.
    private var text: UnsafeRawBufferPointer

    /// A walker that looks for these fields; a field's slot is its place in the list.
    package init(fields: [String]) {
        guard let raw = unsafe csimdjson_create(Self.deepestNesting) else {
            preconditionFailure("no memory for a JSON walker")
        }
        unsafe self.raw = unsafe raw
        slotCount = fields.count
        unsafe text = UnsafeRawBufferPointer(start: nil, count: 0)
        for (slot, field) in fields.enumerated() {
            let name = Array(field.utf8)
            let given = unsafe name.withUnsafeBufferPointer {
                unsafe csimdjson_ask(raw, $0.baseAddress, $0.count)
            }
            precondition(given == slot, "no memory for a JSON walker")
        }
    }

    deinit { unsafe csimdjson_destroy(raw) }

    /// Validates a text and answers what its outermost value is.
    ///
    /// What the accessors below answer is good as long as the text stays where it is, and until the next
    /// walk.
    package func walk(_ text: UnsafeRawBufferPointer) throws(JSONFault) -> JSONKind {
        unsafe self.text = unsafe text
        let start = unsafe text.baseAddress?.assumingMemoryBound(to: UInt8.self)
        let result = unsafe csimdjson_walk(raw, start, text.count)
        guard result.status == CSIMDJSON_OK, let kind = unsafe JSONKind(csimdjson_root(raw).kind) else {
            throw fault(result)
        }
        return kind
    }

    /// What a field is, or `nil` when the object has none of that name.
    package func kind(_ slot: Int) -> JSONKind? { unsafe JSONKind(field(slot).kind) }

    /// A field's value as it was sent.
    package func slice(_ slot: Int) -> [UInt8] {
        let field = unsafe field(slot)
        return unsafe Array(text[field.offset..<field.offset + field.length])
    }

    /// A string field's content, without quotes and escapes.
    package func string(_ slot: Int) -> String { unsafe Self.content(field(slot)) }

    /// The outermost value's content, where that is a string.
    package var rootString: String { unsafe Self.content(csimdjson_root(raw)) }

    /// Whether a boolean field is true.
    package func isTrue(_ slot: Int) -> Bool {
        let field = unsafe field(slot)
        return unsafe field.length == 4 && field.kind == CSIMDJSON_BOOLEAN
    }

    private func field(_ slot: Int) -> csimdjson_field {
        precondition(slot < slotCount, "a slot that was not asked for")
        return unsafe csimdjson_fields(raw)[slot]
    }

    private static func content(_ field: csimdjson_field) -> String {
        unsafe String(
            decoding: UnsafeBufferPointer(start: field.content, count: field.content_length), as: UTF8.self)
    }

    private func fault(_ result: csimdjson_result) -> JSONFault {
        let end = unsafe min(result.offset + result.length, text.count)
        let token = unsafe Array(text[min(result.offset, end)..<end].prefix(JSONFault.longestToken + 1))
        return JSONFault(result.status, offset: result.offset, token: token)
    }
}
