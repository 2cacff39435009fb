internal import CYAML

/// Reads a text of one YAML document into nodes, with libyaml.
///
/// libyaml knows the grammar; the limits here are for what it lets through: aliases let a text of a kilobyte stand for more
/// values than any memory holds.
package enum YAMLDocument {
    /// The longest text that is read.
    package static let maximumBytes = 1 << 20
    /// Lists and mappings within each other.
    package static let deepestNesting = 64
    /// Values in a document, each counted as often as it is referred to.
    package static let maximumNodes = 100_000

    /// The document's root; `nil` for a text with none: nothing but comments.
    package static func read(_ bytes: [UInt8]) throws(YAMLError) -> YAMLNode? {
        guard bytes.count <= maximumBytes else {
            throw YAMLError(line: 1, reason: "the text has more than \(maximumBytes) bytes")
        }
        let parser = try YAMLParser(bytes)
        let root = try parser.next()
        if let second = try parser.next() {
            throw YAMLError(line: second.line, reason: "a second document begins: only one is read")
        }
        return root
    }
}

/// A libyaml parser, and the text that it reads.
@safe private final class YAMLParser {
    private let raw: UnsafeMutablePointer<yaml_parser_t>
    private let text: UnsafeMutableBufferPointer<UInt8>
    private var nodesLeft = YAMLDocument.maximumNodes

    init(_ bytes: [UInt8]) throws(YAMLError) {
        unsafe raw = .allocate(capacity: 1)
        unsafe text = .allocate(capacity: bytes.count)
        _ = unsafe text.initialize(from: bytes)
        guard unsafe yaml_parser_initialize(raw) == 1 else {
            unsafe raw.deallocate()
            unsafe text.deallocate()
            throw YAMLError(line: 1, reason: "there is no memory to read it")
        }
        unsafe yaml_parser_set_input_string(raw, text.baseAddress, text.count)
    }

    deinit {
        unsafe yaml_parser_delete(raw)
        unsafe raw.deallocate()
        unsafe text.deallocate()
    }

    /// The root of the next document, or `nil` behind the last.
    func next() throws(YAMLError) -> YAMLNode? {
        var document = unsafe yaml_document_t()
        guard unsafe yaml_parser_load(raw, &document) == 1 else { throw failure }
        defer { unsafe yaml_document_delete(&document) }
        guard let root = unsafe yaml_document_get_root_node(&document) else { return nil }
        return try unsafe node(root, in: &document, depth: 0)
    }

    private var failure: YAMLError {
        let problem = unsafe raw.pointee.problem.map { unsafe String(cString: $0) } ?? "it is no YAML"
        let context = unsafe raw.pointee.context.map { unsafe ", " + String(cString: $0) } ?? ""
        let line: Int
        switch unsafe raw.pointee.error {
        case YAML_READER_ERROR:
            let end = unsafe min(Int(raw.pointee.problem_offset), text.count)
            line = unsafe text[..<end].count { $0 == UInt8(ascii: "\n") } + 1
        default: line = unsafe Int(raw.pointee.problem_mark.line) + 1
        }
        return YAMLError(line: line, reason: problem + context)
    }

    private func node(
        _ raw: UnsafeMutablePointer<yaml_node_t>, in document: inout yaml_document_t, depth: Int
    ) throws(YAMLError) -> YAMLNode {
        let line = unsafe Int(raw.pointee.start_mark.line) + 1
        nodesLeft -= 1
        guard nodesLeft >= 0 else {
            throw YAMLError(line: line, reason: "there are more than \(YAMLDocument.maximumNodes) values")
        }
        guard depth <= YAMLDocument.deepestNesting else {
            throw YAMLError(
                line: line, reason: "lists and mappings stand more than \(YAMLDocument.deepestNesting) deep")
        }
        switch unsafe raw.pointee.type {
        case YAML_SCALAR_NODE: return unsafe YAMLNode(Self.scalar(raw.pointee), line: line)
        case YAML_SEQUENCE_NODE:
            var items: [YAMLNode] = []
            var item = unsafe raw.pointee.data.sequence.items.start
            while let place = unsafe item, unsafe place < raw.pointee.data.sequence.items.top {
                if let child = unsafe yaml_document_get_node(&document, place.pointee) {
                    items.append(try unsafe node(child, in: &document, depth: depth + 1))
                }
                unsafe item = place + 1
            }
            return YAMLNode(.sequence(items), line: line)
        default: return try unsafe mapping(raw, in: &document, depth: depth, line: line)
        }
    }

    private func mapping(
        _ raw: UnsafeMutablePointer<yaml_node_t>, in document: inout yaml_document_t, depth: Int, line: Int
    ) throws(YAMLError) -> YAMLNode {
        var entries: [YAMLNode.Entry] = []
        var lines: [String: Int] = [:]
        var pair = unsafe raw.pointee.data.mapping.pairs.start
        while let place = unsafe pair, unsafe place < raw.pointee.data.mapping.pairs.top {
            unsafe pair = place + 1
            guard let rawKey = unsafe yaml_document_get_node(&document, place.pointee.key),
                let rawValue = unsafe yaml_document_get_node(&document, place.pointee.value)
            else { continue }
            let key = try unsafe node(rawKey, in: &document, depth: depth + 1)
            guard case .scalar(let name, _) = key.content else {
                throw YAMLError(line: key.line, reason: "\(key.kind) stands where a key must")
            }
            if let first = lines.updateValue(key.line, forKey: name) {
                throw YAMLError(
                    line: key.line, reason: "the key \(name) stands here again, after line \(first): drop one"
                )
            }
            let value = try unsafe node(rawValue, in: &document, depth: depth + 1)
            entries.append(YAMLNode.Entry(key: name, line: key.line, value: value))
        }
        return YAMLNode(.mapping(entries), line: line)
    }

    private static func scalar(_ raw: yaml_node_t) -> YAMLNode.Content {
        let scalar = unsafe raw.data.scalar
        let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
        return unsafe .scalar(
            String(decoding: bytes, as: UTF8.self), isQuoted: scalar.style != YAML_PLAIN_SCALAR_STYLE)
    }
}
