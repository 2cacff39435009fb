import JobsRuntime
import Testing

@Suite("JSON walker against the slow reader")
struct JSONWalkerPropertyTests {
    private static let fields = ["data", "dueTime", "a"]
    private let walker = JSONWalker(fields: fields)
    private static let body = Array(
        #"{"data":{"Value":"R2-D2:Oil Change","n":[-1.5e+3,true,null,{}]},"dueTime":"2s","é\u00e9\n":"\ud83d\ude00"}"#
            .utf8)

    @Test("every truncation of a valid body is refused")
    func truncations() {
        for count in 0..<Self.body.count {
            #expect(!isAccepted(Array(Self.body[..<count])), "\(count) bytes")
        }
        #expect(isAccepted(Self.body))
    }

    @Test("every change of one byte is judged as the slow reader judges it")
    func oneByte() {
        for index in Self.body.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = Self.body
                changed[index] = byte
                #expect(isAccepted(changed) == isValid(changed), "byte \(index) to \(byte)")
            }
        }
    }

    @Test("every removed and every doubled byte is judged as the slow reader judges it")
    func lengths() {
        for index in Self.body.indices {
            var shorter = Self.body
            shorter.remove(at: index)
            #expect(isAccepted(shorter) == isValid(shorter), "byte \(index) removed")
            var longer = Self.body
            longer.insert(Self.body[index], at: index)
            #expect(isAccepted(longer) == isValid(longer), "byte \(index) doubled")
        }
    }

    @Test("random texts of JSON's own letters are judged as the slow reader judges them")
    func letters() {
        var random = PropertySeed(0x150)
        let pieces = [
            "{", "}", "[", "]", ",", ":", "\"", "\"a\"", "\"a\":", "\"\\u0061\":", "\\", "\\u", "d83d", "1",
            "0", "-", ".", "e", "e5",
            "308", "true", "false", "null", " ", "\n", "\t", "\u{1}", "é", "\"b\":[", "]}", "\u{A0}", "x",
        ]
        var accepted = 0
        for _ in 0..<40_000 {
            let text = (0..<Int.random(in: 1...9, using: &random)).map { _ in
                pieces.randomElement(using: &random)!
            }.joined()
            let isValid = self.isValid(Array(text.utf8))
            accepted += isValid ? 1 : 0
            #expect(isAccepted(Array(text.utf8)) == isValid, "\(text), seed \(random.seed)")
        }
        #expect(accepted > 1000)
    }

    @Test("random documents are accepted, and refused or not after random damage as the slow reader says")
    func documents() {
        var random = PropertySeed(0x151)
        for _ in 0..<400 {
            let document = Self.document(depth: 0, &random)
            // As data, whose keys are judged, as a field that nobody knows, and on its own.
            let shape = ["{\"data\":\(document)}", "{\"x\":\(document)}", document]
            var bytes = Array(shape.randomElement(using: &random)!.utf8)
            #expect(isAccepted(bytes) == isValid(bytes), "seed \(random.seed)")
            for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
            }
            #expect(isAccepted(bytes) == isValid(bytes), "\(bytes), seed \(random.seed)")
        }
    }

    private func isAccepted(_ bytes: [UInt8]) -> Bool {
        unsafe bytes.withUnsafeBytes { text in (try? unsafe walker.walk(text)) != nil }
    }

    private func isValid(_ bytes: [UInt8]) -> Bool { SlowJSON.accepts(bytes, asked: Self.fields) }

    private static func document(depth: Int, _ random: inout PropertySeed) -> String {
        let space = ["", "", " ", "\n\t"].randomElement(using: &random)!
        switch Int.random(in: 0..<(depth > 3 ? 4 : 7), using: &random) {
        case 0: return ["true", "false", "null"].randomElement(using: &random)!
        case 1: return "\(Int.random(in: -1000...1000, using: &random))"
        case 2: return "\(Double.random(in: -1e300...1e300, using: &random))"
        case 3:
            return "\""
                + ["", "abc", "\\\"", "\\u00e9", "é", "\\\\", "\\ud83d\\ude00"].shuffled(using: &random)
                .joined() + "\""
        case 4:
            let values = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                document(depth: depth + 1, &random)
            }
            return "[\(space)" + values.joined(separator: "\(space),\(space)") + "\(space)]"
        default:
            // Keys out of few letters, so that some objects have one twice.
            let fields = (0..<Int.random(in: 0...20, using: &random)).map { _ in
                "\"\(Int.random(in: 0...400, using: &random))\"\(space):\(space)\(document(depth: depth + 1, &random))"
            }
            return "{\(space)" + fields.joined(separator: "\(space),\(space)") + "\(space)}"
        }
    }
}
