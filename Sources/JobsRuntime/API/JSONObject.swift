/// A JSON object that is written field by field, compact, as Go's `encoding/json` has it.
struct JSONObject {
    private var body: [UInt8] = []

    /// The object.
    var bytes: [UInt8] { Array("{".utf8) + body + Array("}".utf8) }

    mutating func add(_ name: String, _ value: String) { add(Array(name.utf8), Array(value.utf8)) }

    mutating func add(_ name: [UInt8], _ value: [UInt8]) {
        begin(name)
        JSONString.append(value.span, style: .go, to: &body)
    }

    mutating func add(_ name: String, _ value: Int) {
        begin(Array(name.utf8))
        body += "\(value)".utf8
    }

    mutating func add(_ name: String, _ value: Bool) {
        begin(Array(name.utf8))
        body += "\(value)".utf8
    }

    mutating func add(_ name: String, _ value: JSONObject) {
        begin(Array(name.utf8))
        body += value.bytes
    }

    mutating func add(_ name: String, list: [JSONObject]) { add(name, elements: list.map(\.bytes)) }

    mutating func add(_ name: String, list: [String]) {
        add(
            name,
            elements: list.map { text in
                var bytes: [UInt8] = []
                JSONString.append(text, style: .go, to: &bytes)
                return bytes
            })
    }

    private mutating func add(_ name: String, elements: [[UInt8]]) {
        begin(Array(name.utf8))
        body.append(UInt8(ascii: "["))
        body += elements.joined(separator: [UInt8(ascii: ",")])
        body.append(UInt8(ascii: "]"))
    }

    private mutating func begin(_ name: [UInt8]) {
        if !body.isEmpty { body.append(UInt8(ascii: ",")) }
        JSONString.append(name.span, style: .go, to: &body)
        body.append(UInt8(ascii: ":"))
    }
}
