import JobsRuntime
import Testing

@Suite("job name")
struct JobNameTests {
    private static let app = AppIdentity(appID: "myapp")

    @Test(
        "nearly anything is a name",
        arguments: [
            "r2-d2", "R2", "a b", "my||job@name", "a:b", "100%", "😀", "é", ".", "..", "a+b", "\u{2028}",
            "<&>", "a\u{A0}b",
        ])
    func accepts(name: String) throws {
        #expect(try JobName(Array(name.utf8), of: Self.app).bytes == Array(name.utf8))
    }

    @Test(
        "separators and control characters are refused, in the contract's words",
        arguments: [
            ("a/b", #"app||default||myapp||a/b": must not contain '/', '\', '#' or '?'"#),
            (#"a\b"#, #"app||default||myapp||a\\b": must not contain '/', '\', '#' or '?'"#),
            ("a#", #"app||default||myapp||a#": must not contain '/', '\', '#' or '?'"#),
            ("?", #"app||default||myapp||?": must not contain '/', '\', '#' or '?'"#),
            ("a\u{0}", #"app||default||myapp||a\x00": must not contain control characters"#),
            ("a\nb", #"app||default||myapp||a\nb": must not contain control characters"#),
            ("\u{7F}", #"app||default||myapp||\x7f": must not contain control characters"#),
            ("a\u{85}", #"app||default||myapp||a\u0085": must not contain control characters"#),
            ("\u{9F}", #"app||default||myapp||\u009f": must not contain control characters"#),
            ("/\n", #"app||default||myapp||/\n": must not contain '/', '\', '#' or '?'"#),
        ])
    func refuses(name: String, end: String) {
        #expect(throws: JobName.Fault(message: "job name is invalid \"" + end)) {
            try JobName(Array(name.utf8), of: Self.app)
        }
    }

    @Test("the composed key has 512 bytes at most, and its length is the first thing said")
    func length() throws {
        let room = 512 - "app||default||myapp||".utf8.count
        #expect(try JobName(Array(repeating: 0x61, count: room), of: Self.app).bytes.count == room)
        let long = String(repeating: "/", count: room + 1)
        #expect(
            throws: JobName.Fault(
                message:
                    "job name is invalid \"app||default||myapp||\(long)\": must be at most 512 characters")
        ) { try JobName(Array(long.utf8), of: Self.app) }
        let longApp = AppIdentity(namespace: "ns", appID: String(repeating: "i", count: 510))
        #expect(throws: JobName.Fault.self) { try JobName([0x61], of: longApp) }
    }

    @Test(
        "bytes that are no UTF-8 are refused, and shown as bytes",
        arguments: [
            ([0x61, 0xFF], #"a\xff"#), ([0xC0, 0x80], #"\xc0\x80"#), ([0xED, 0xA0, 0x80], #"\xed\xa0\x80"#),
            ([0xE2, 0x82], #"\xe2\x82"#), ([0xF4, 0x90, 0x80, 0x80], #"\xf4\x90\x80\x80"#),
        ] as [([UInt8], String)])
    func invalidUTF8(bytes: [UInt8], shown: String) {
        let message = "job name is invalid \"app||default||myapp||\(shown)\": must be valid UTF-8"
        #expect(throws: JobName.Fault(message: message)) { try JobName(bytes, of: Self.app) }
    }

    @Test(
        "white space around a name goes, that within stays",
        arguments: [
            ("a", "a"), (" a ", "a"), ("\t\r\n a b\u{B}\u{C}", "a b"), ("\u{A0}a\u{3000}", "a"),
            ("\u{2028}é\u{85}", "é"),
            ("   ", ""), ("", ""), ("\u{200B}a", "\u{200B}a"), ("é ", "é"), ("a\u{7F}", "a\u{7F}"),
        ])
    func trimming(name: String, trimmed: String) {
        #expect(JobName.trimmed(Array(name.utf8)) == Array(trimmed.utf8))
    }

    @Test("bytes that are no UTF-8 are not trimmed, so that they are refused as they came")
    func noTrimming() { #expect(JobName.trimmed([0x20, 0xFF]) == [0x20, 0xFF]) }
}
