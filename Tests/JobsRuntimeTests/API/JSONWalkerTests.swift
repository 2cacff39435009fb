import Glibc
import JobsRuntime
import Testing

@Suite("JSON walker")
struct JSONWalkerTests {
    private let walker = JSONWalker(fields: ["data", "dueTime"])
    private let texts = KeptTexts()

    @Test(
        "values are sliced as they were sent",
        arguments: [
            #"{ "b" : [1, 2.50 , {"c":null}] }"#, "[]", "{}", "[ ]", "1.0", "-0",
            "123456789012345678901234567890", "1e-400",
            "0.00e5", "true", "false", "null", #""""#, #""é😀\u00e9\ud83d\ude00\n\/""#, "[[],[{}]]", "1E+2",
            "1.7976931348623157e308",
        ])
    func slices(value: String) throws {
        for text in [
            "{\"data\":\(value)}",
            " {\r\n\t\"x\": [{\"data\":0}], \"data\" :  \(value)\n , \"dueTime\":\"5s\" } ",
        ] {
            _ = try walk(text)
            #expect(walker.slice(0) == Array(value.utf8), "\(text)")
        }
        #expect(walker.string(1) == "5s")
    }

    @Test("only the outermost object's fields are found, whatever their spelling in the text")
    func outermost() throws {
        #expect(try walk(#"{"a":{"data":1},"b":[{"data":2}],"DATA":3}"#) == .object)
        #expect(walker.kind(0) == nil)
        #expect(try walk(#"{"d\u0061ta":4}"#) == .object)
        #expect(walker.slice(0) == Array("4".utf8))
    }

    @Test("each kind of value is told")
    func kinds() throws {
        for (text, kind) in [
            ("{}", JSONKind.object), ("[]", .array), ("\"\"", .string), ("1", .number), ("true", .boolean),
            ("null", .null),
        ] {
            #expect(try walk(text) == kind)
            _ = try walk("{\"data\":\(text)}")
            #expect(walker.kind(0) == kind)
        }
        _ = try walk(#"{"data":true,"dueTime":false}"#)
        #expect(walker.isTrue(0))
        #expect(!walker.isTrue(1))
    }

    @Test("several strings with escapes keep their content side by side")
    func escapes() throws {
        _ = try walk(#"{"d\u0061ta":"a\tb","x":"\\\\\\","dueTime":"\ud83d\ude00\u0041"}"#)
        #expect(walker.string(0) == "a\tb")
        #expect(walker.string(1) == "😀A")
        #expect(try walk(#""\u0000\"""#) == .string)
        #expect(walker.rootString == "\u{0}\"")
    }

    @Test(
        "what is malformed is refused, and the place is named",
        arguments: [
            // What simdjson's On Demand reader lets pass.
            (#"{"a":tru,"b":[1,,2]}"#, "syntax error: a value was expected, not tru (byte 5)"),
            (#"{"a":1,"b":[1,,2]}"#, "syntax error: a value was expected, not , (byte 14)"),
            (#"{"a":"\q"}"#, #"syntax error: unknown escape in the string "\q" (byte 5)"#),
            (#"{"data":1,"data":1}"#, #"duplicate key "data" (byte 10)"#),
            (#"{"data":1,"d\u0061ta":1}"#, #"duplicate key "d\u0061ta" (byte 10)"#),
            (#"{"data":[{"x":{"b":1,"b":2}}]}"#, #"duplicate key "b" (byte 21)"#),
            (#"{"a":"\ud800"}"#, #"syntax error: half a surrogate pair in the string "\ud800" (byte 5)"#),
            (
                #"{"a":"\ude00\ud83d"}"#,
                #"syntax error: half a surrogate pair in the string "\ude00\ud83d" (byte 5)"#
            ),
            (
                #"{"a":"\ud800\u0041"}"#,
                #"syntax error: half a surrogate pair in the string "\ud800\u0041" (byte 5)"#
            ),
            (#"{"a":"\ud800x"}"#, #"syntax error: half a surrogate pair in the string "\ud800x" (byte 5)"#),
            (#"{"\ud800":1}"#, #"syntax error: half a surrogate pair in the string "\ud800" (byte 1)"#),
            (#"{"a":"\u12g4"}"#, #"syntax error: unknown escape in the string "\u12g4" (byte 5)"#),
            (#"{"a":1e309}"#, "number out of range: 1e309 (byte 5)"),
            (#"{"a":-1e99999999999999999999}"#, "number out of range: -1e99999999999999999999 (byte 5)"),
            // The outline.
            ("", "syntax error: there is nothing but white space"),
            (" \n", "syntax error: there is nothing but white space"),
            ("{", "syntax error: the text ends inside a value (byte 1)"),
            (#"{"a""#, "syntax error: the text ends inside a value (byte 4)"),
            (#"{"a":"#, "syntax error: the text ends inside a value (byte 5)"),
            (#"{"a":1"#, "syntax error: the text ends inside a value (byte 6)"),
            (#"{"a":1,"#, "syntax error: the text ends inside a value (byte 7)"),
            ("[1", "syntax error: the text ends inside a value (byte 2)"),
            (#"{"a":"x"#, "syntax error: a string is not closed"),
            (#"{"a":1}}"#, "syntax error: nothing may follow the value, but there is } (byte 7)"),
            (#"{"a":1} {"b":2}"#, "syntax error: nothing may follow the value, but there is { (byte 8)"),
            (#"{"a":1}x"#, "syntax error: nothing may follow the value, but there is x (byte 7)"),
            (#"{"a":1,}"#, "syntax error: a quoted key was expected, not } (byte 7)"),
            (#"{,"a":1}"#, "syntax error: a quoted key was expected, not , (byte 1)"),
            ("{a:1}", "syntax error: a quoted key was expected, not a (byte 1)"),
            ("{1:1}", "syntax error: a quoted key was expected, not 1 (byte 1)"),
            (#"{"a" 1}"#, "syntax error: a colon was expected, not 1 (byte 5)"),
            (
                #"{"a":1 "b":2}"#,
                #"syntax error: a comma or the end of the list was expected, not "b" (byte 7)"#
            ),
            (#"{"a":[1,2}}"#, "syntax error: a comma or the end of the list was expected, not } (byte 9)"),
            (#"{"a":"x"y}"#, "syntax error: a comma or the end of the list was expected, not y (byte 8)"),
            (
                #"{"a":"x""y"}"#,
                #"syntax error: a comma or the end of the list was expected, not "y" (byte 8)"#
            ),
            ("[1,]", "syntax error: a value was expected, not ] (byte 3)"),
            ("[}", "syntax error: a value was expected, not } (byte 1)"),
            ("{]", "syntax error: a quoted key was expected, not ] (byte 1)"),
            (":", "syntax error: a value was expected, not : (byte 0)"),
            // Literals and numbers.
            ("nulll", "syntax error: a value was expected, not nulll (byte 0)"),
            ("True", "syntax error: a value was expected, not True (byte 0)"),
            ("NaN", "syntax error: a value was expected, not NaN (byte 0)"),
            ("+1", "syntax error: a value was expected, not +1 (byte 0)"),
            (".5", "syntax error: a value was expected, not .5 (byte 0)"),
            ("01", "syntax error: 01 is not a number (byte 0)"),
            ("-", "syntax error: - is not a number (byte 0)"),
            ("1.", "syntax error: 1. is not a number (byte 0)"),
            ("1e", "syntax error: 1e is not a number (byte 0)"),
            ("1e+", "syntax error: 1e+ is not a number (byte 0)"),
            ("0x1", "syntax error: 0x1 is not a number (byte 0)"),
            ("1.2.3", "syntax error: 1.2.3 is not a number (byte 0)"),
            ("-Infinity", "syntax error: -Infinity is not a number (byte 0)"),
            ("1\"x\"", "syntax error: 1\"x\" is not a number (byte 0)"),
            ("'a'", "syntax error: a value was expected, not 'a' (byte 0)"),
            ("//x\n1", "syntax error: a value was expected, not //x (byte 0)"),
            ("\"a\nb\"", "syntax error: a string has a control character that is not escaped"),
            ("\u{FEFF}{}", "syntax error: a value was expected, not \u{FEFF} (byte 0)"),
        ])
    func refuses(text: String, message: String) {
        let error = #expect(throws: JSONFault.self) { try walk(text) }
        #expect(error?.description == message)
    }

    @Test("a token that is shown has a bound")
    func bound() {
        let error = #expect(throws: JSONFault.self) { try walk(String(repeating: "x", count: 5000)) }
        #expect(
            error?.description
                == "syntax error: a value was expected, not \(String(repeating: "x", count: 64))… (byte 0)")
    }

    @Test(
        "bytes that are no UTF-8 are refused",
        arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82]]
            as [[UInt8]])
    func invalidUTF8(bytes: [UInt8]) {
        let text = [0x22] + bytes + [0x22]
        #expect(throws: JSONFault.self) { try walk(bytes: text) }
    }

    @Test("numbers are judged by the double they are nearest to")
    func magnitude() throws {
        let largest = "179769313486231570" + String(repeating: "0", count: 291)
        for text in [
            largest, "-" + largest, "0." + String(repeating: "0", count: 400) + "1e700",
            "1" + String(repeating: "0", count: 308),
            "1" + String(repeating: "0", count: 400) + "e-200", "1e-99999999999999999999",
            "0e99999999999999999999",
            "0.0e999", "0.1e309", "17976931348623157e292",
        ] { #expect(try walk(text) == .number, "\(text)") }
        for text in [
            "1" + String(repeating: "0", count: 309), "1.7976931348623159e308", "2e308", "0.2e309", "1e309",
            "10e308",
            String(repeating: "9", count: 5000), "0." + String(repeating: "0", count: 400) + "1e710",
        ] { #expect(throws: JSONFault.self, "\(text)") { try walk(text) } }
    }

    @Test("nesting is allowed up to its limit, and not beyond")
    func nesting() throws {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let deepest = JSONWalker.deepestNesting
            let inner = open == "[" ? "" : "1"
            let text =
                String(repeating: open, count: deepest) + inner + String(repeating: close, count: deepest)
            _ = try walk(text)
            let error = #expect(throws: JSONFault.self) { try walk(open + text + close) }
            #expect(error?.description == "more than 512 objects and arrays within each other")
            #expect(throws: JSONFault.self) { try walk(String(repeating: open, count: 1_000_000)) }
        }
    }

    @Test("duplicates are found in large objects too, at both ends", arguments: [16, 17, 18, 1000])
    func manyKeys(count: Int) throws {
        let keys = (0..<count).map { "\"k\($0)\":{\"k0\":0}" }
        _ = try walk("{\"data\":{" + keys.joined(separator: ",") + "}}")
        for twice in [0, count / 2, count - 1] {
            let error = #expect(throws: JSONFault.self) {
                try walk("{\"data\":{" + (keys + ["\"k\(twice)\":1"]).joined(separator: ",") + "}}")
            }
            #expect(error?.description.hasPrefix("duplicate key \"k\(twice)\" (byte ") == true)
        }
    }

    @Test(
        "what nobody asked for may have a key twice, at the top and at any depth",
        arguments: [
            #"{"x":1,"x":2,"data":7}"#, #"{"x":{"y":1,"y":2},"data":7}"#,
            #"{"data":7,"x":[{"y":{"z":1,"z":2}}]}"#,
            #"{"x":{"data":1,"data":2},"data":7}"#, #"{"x":{"y":1,"y":2},"data":7,"x":{"z":1,"z":2}}"#,
        ])
    func ignoredDuplicates(text: String) throws {
        _ = try walk(text)
        #expect(walker.slice(0) == Array("7".utf8))
    }

    @Test("a body of four mebibytes is walked, and a small one after it")
    func large() throws {
        let count = 4 * 1024 * 1024 - 11
        _ = try walk(#"{"data":""# + String(repeating: "x", count: count) + "\"}")
        #expect(walker.slice(0).count == count + 2)
        _ = try walk(#"{"data":""# + String(repeating: "\\n", count: count / 2) + "\"}")
        #expect(walker.string(0).utf8.count == count / 2)
        _ = try walk("{\"data\":{" + (0..<300_000).map { "\"k\($0)\":0" }.joined(separator: ",") + "}}")
        #expect(try walk(#"{"data":"a\nb"}"#) == .object)
        #expect(walker.string(0) == "a\nb")
    }

    @Test("nothing behind the text is read, at any length")
    func noOverRead() throws {
        let page = sysconf(Int32(_SC_PAGESIZE))
        guard
            let mapping = unsafe mmap(
                nil, page * 2, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            unsafe mapping != MAP_FAILED
        else {
            Issue.record("no two pages to be had")
            return
        }
        defer { unsafe munmap(mapping, page * 2) }
        // The second page may not be touched: a read behind the text ends the process.
        #expect(unsafe mprotect(mapping + page, page, PROT_NONE) == 0)
        let text = Array(
            #"{"data":{"a":[1.5e3,"\u00e9","long enough to span several blocks"]},"dueTime":"5s"}"#.utf8)
        for count in 0...text.count {
            let start = unsafe mapping + (page - count)
            for index in 0..<count {
                unsafe start.storeBytes(of: text[index], toByteOffset: index, as: UInt8.self)
            }
            let kind = try? unsafe walker.walk(UnsafeRawBufferPointer(start: start, count: count))
            #expect((kind != nil) == (count == text.count), "\(count) bytes")
        }
    }

    @Test("what lies behind the text does not matter")
    func surroundings() throws {
        for rest in ["}", "\"", "0", "]", ",\"data\":1}"] {
            let text = Array(("{\"data\":12" + rest).utf8)
            unsafe text.withUnsafeBytes { bytes in
                let cut = unsafe UnsafeRawBufferPointer(rebasing: bytes[..<10])
                #expect(throws: JSONFault.self) { try unsafe walker.walk(cut) }
            }
        }
    }

    private func walk(_ text: String) throws -> JSONKind { try walk(bytes: Array(text.utf8)) }

    private func walk(bytes: [UInt8]) throws -> JSONKind { try unsafe walker.walk(texts.keep(bytes)) }
}
