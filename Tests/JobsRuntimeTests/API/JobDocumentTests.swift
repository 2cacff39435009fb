import JobsRuntime
import Testing

@Suite("job document")
struct JobDocumentTests {
    private static let policy = #""failurePolicy":{"constant":{"interval":"1s", "maxRetries":3}}"#

    @Test("the contract's sample, to the byte")
    func sample() {
        let document = JobDocument(
            name: Array("c-3po".utf8), schedule: nil, dueTime: "30s",
            data: Array(#"{"Value":"C-3PO:Limb Calibration"}"#.utf8))
        let expected =
            #"{"name":"c-3po", "dueTime":"30s", "data":{"@type":"type.googleapis.com/google.protobuf.Value", "value":{"Value":"C-3PO:Limb Calibration"}}, "failurePolicy":{"constant":{"interval":"1s", "maxRetries":3}}}"#
        #expect(text(document) == expected)
    }

    @Test("all fields stand in the contract's order")
    func order() {
        let document = JobDocument(
            name: Array("a".utf8), schedule: "@every 1s", dueTime: "0s", repeats: .max,
            ttl: "PT1H",
            data: Array("null".utf8))
        #expect(
            text(document)
                == #"{"name":"a", "schedule":"@every 1s", "repeats":4294967295, "dueTime":"0s", "ttl":"PT1H", "data":{"@type":"type.googleapis.com/google.protobuf.Value", "value":null}, "#
                + Self.policy + "}")
    }

    @Test("what was not set is left out")
    func unset() {
        #expect(
            text(JobDocument(name: Array("a".utf8), schedule: nil, dueTime: nil)) == #"{"name":"a", "#
                + Self.policy + "}")
    }

    @Test("data stands as it was sent, spacing and digits included")
    func verbatim() {
        let data = "{ \"b\" : 1.50,\n\"a\":123456789012345678901234567890, \"<\":\"\\u003c\"}"
        #expect(
            text(JobDocument(name: [0x61], schedule: nil, dueTime: nil, data: Array(data.utf8))).contains(
                data))
    }

    @Test(
        "names and strings are escaped as protobuf does it: only what must be",
        arguments: [
            ("<a>&'/", "<a>&'/"), (#"a"b\c"#, #"a\"b\\c"#),
            ("\u{8}\u{C}\n\r\t\u{0}\u{1F}", #"\b\f\n\r\t\u0000\u001f"#),
            ("\u{7F}\u{2028}é😀", "\u{7F}\u{2028}é😀"),
        ])
    func escaping(raw: String, escaped: String) {
        let document = JobDocument(name: Array(raw.utf8), schedule: raw, dueTime: raw)
        #expect(
            text(document)
                == "{\"name\":\"\(escaped)\", \"schedule\":\"\(escaped)\", \"dueTime\":\"\(escaped)\", \(Self.policy)}"
        )
    }

    @Test("it is appended to what is there")
    func appends() {
        var output = Array("HTTP".utf8)
        JobDocument(name: [0x61], schedule: nil, dueTime: nil).write(to: &output)
        #expect(output.starts(with: Array("HTTP{\"name\"".utf8)))
    }

    private func text(_ document: JobDocument) -> String {
        var output: [UInt8] = []
        document.write(to: &output)
        return String(decoding: output, as: UTF8.self)
    }
}
