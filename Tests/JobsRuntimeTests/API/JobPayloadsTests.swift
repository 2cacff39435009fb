import JobsRuntime
import Reactor
import Testing

@Suite("job payloads")
struct JobPayloadsTests {
    private static let now = WallTime(seconds: 1_000_000)
    private static let app = AppIdentity(appID: "myapp")
    private let payloads = JobPayloads(app: app)

    @Test("the usual body becomes a draft")
    func usual() throws {
        let draft = try decode(#"{"data":{"Value":"R2-D2:Oil Change"},"dueTime":"2s"}"#, name: "r2-d2")
        #expect(draft.name == Array("r2-d2".utf8))
        #expect(draft.data == Array(#"{"Value":"R2-D2:Oil Change"}"#.utf8))
        #expect(draft.dueTime == "2s")
        #expect(draft.schedule == nil)
        #expect(draft.repeats == nil)
        #expect(!draft.overwrite)
        #expect(draft.firstDue == WallTime(seconds: 1_000_002))
        #expect(draft.parsedSchedule == nil)
    }

    @Test("every field is read, in either spelling and any order")
    func everyField() throws {
        let draft = try decode(
            #"{"overwrite":true,"repeats":4,"due_time":"1970-01-01T00:00:00Z","name":"","schedule":"@every 1m30s","data":[]}"#
        )
        #expect(draft.overwrite)
        #expect(draft.repeats == 4)
        #expect(draft.dueTime == "1970-01-01T00:00:00Z")
        #expect(draft.schedule == "@every 1m30s")
        #expect(draft.data == Array("[]".utf8))
        #expect(draft.firstDue == WallTime(seconds: 0))
        #expect(draft.parsedSchedule?.interval == .seconds(90))
    }

    @Test("a ttl is kept as it was sent, with the instant that it names")
    func ttl() throws {
        let draft = try decode(#"{"schedule":"@every 1s","dueTime":"5s","ttl":"PT1M"}"#)
        #expect(draft.ttl == "PT1M")
        #expect(draft.expiry == WallTime(seconds: 1_000_065))
        #expect(try decode(#"{"schedule":"@every 1s","ttl":null}"#).expiry == nil)
    }

    @Test("a schedule alone begins one interval after the acceptance")
    func scheduleAlone() throws {
        #expect(try decode(#"{"schedule":"@every 5s"}"#).firstDue == WallTime(seconds: 1_000_005))
    }

    @Test("strings come back without their escapes")
    func escapedStrings() throws {
        let draft = try decode(#"{"d\u0075eTime":"\u0032s","schedule":"@every\u00201s"}"#)
        #expect(draft.dueTime == "2s")
        #expect(draft.schedule == "@every 1s")
    }

    @Test(
        "data is kept as it was sent: digits, order, spacing, escapes",
        arguments: [
            "null", "0", "1.50", "123456789012345678901234567890", #"{ "b":1,  "a" : [ 1 ,2 ]}"#,
            #""\u0041""#, "true",
            #"{"@type":"x","value":"y"}"#, #"{"data":{"dueTime":"no"}}"#,
        ])
    func dataAsSent(data: String) throws {
        #expect(try decode("{\"dueTime\":\"0s\", \"data\" : \(data) }").data == Array(data.utf8))
    }

    @Test("absent data is none")
    func noData() throws { #expect(try decode(#"{"dueTime":"0s"}"#).data == nil) }

    @Test(
        "null means unset, for all but data",
        arguments: ["name", "schedule", "repeats", "overwrite", "ttl", "failurePolicy", "failure_policy"])
    func nullIsUnset(field: String) throws {
        let draft = try decode("{\"dueTime\":\"0s\",\"\(field)\":null}")
        #expect(draft == (try decode(#"{"dueTime":"0s"}"#)))
    }

    @Test("a dueTime of null is unset")
    func nullDueTime() {
        #expect(throws: APIError.scheduleEmpty(Self.app)) { try decode(#"{"dueTime":null}"#) }
    }

    @Test("fields that nobody knows are ignored, but must be JSON")
    func unknown() throws {
        _ = try decode(#"{"dueTime":"0s","DueTime":7,"x":{"y":[1,{"z":null}]},"":0,"@type":1}"#)
        #expect(
            malformed(#"{"dueTime":"0s","x":tru}"#) == "syntax error: a value was expected, not tru (byte 20)"
        )
    }

    @Test("a field that nobody knows may hold a key twice, or be given twice")
    func unknownDuplicates() throws {
        let draft = try decode(#"{"x":{"a":1,"a":2},"dueTime":"0s","x":[{"b":1,"b":1}],"data":{"x":1}}"#)
        #expect(draft.data == Array(#"{"x":1}"#.utf8))
    }

    @Test("nesting is limited, by a named number, in data and elsewhere", arguments: ["data", "x"])
    func nesting(field: String) throws {
        func body(_ depth: Int) -> String {
            let (open, close) = (String(repeating: "[", count: depth), String(repeating: "]", count: depth))
            return "{\"dueTime\":\"0s\",\"\(field)\":\(open)\(close)}"
        }
        _ = try decode(body(JSONWalker.deepestNesting - 1))
        #expect(
            malformed(body(JSONWalker.deepestNesting))
                == "more than 512 objects and arrays within each other")
    }

    @Test(
        "repeats is any number that is whole and fits",
        arguments: [
            ("3", 3), ("3.0", 3), ("3e0", 3), ("30e-1", 3), ("0.3e1", 3), ("3.000e0", 3), (#""3""#, 3),
            (#""3.0""#, 3),
            (#""3e0""#, 3), ("4294967295", .max), ("4294967295.0", .max), ("42949672950e-1", .max),
            ("1e9", 1_000_000_000),
            ("1E+1", 10), ("10000000000000000000000e-22", 1), (#""\u0033""#, 3),
        ] as [(String, UInt32)])
    func repeats(text: String, value: UInt32) throws {
        #expect(try decode("{\"schedule\":\"@every 1s\",\"repeats\":\(text)}").repeats == value)
    }

    @Test(
        "repeats that is no such number is malformed",
        arguments: [
            "-1", "-0", "0.5", "3.1", "4294967296", "1e10", "1e300", "1e-1", #""""#, #"" 3""#, #""3 ""#,
            #""-3""#, #""+3""#, #""x""#,
            #""03""#, #""3.""#, #"".3""#, #""0x3""#, "true", "[]", "{}", "35e-1",
        ])
    func badRepeats(text: String) {
        #expect(
            malformed("{\"schedule\":\"@every 1s\",\"repeats\":\(text)}")
                == "invalid value for uint32 field repeats: \(text)")
    }

    @Test(
        "a field of the wrong type is malformed, and named",
        arguments: [
            (#"{"dueTime":5}"#, "invalid value for string field dueTime: 5"),
            (#"{"due_time":[]}"#, "invalid value for string field due_time: []"),
            (#"{"schedule":{"a":1}}"#, #"invalid value for string field schedule: {"a":1}"#),
            (#"{"name":7}"#, "invalid value for string field name: 7"),
            (#"{"overwrite":"true"}"#, #"invalid value for bool field overwrite: "true""#),
            (#"{"overwrite":1}"#, "invalid value for bool field overwrite: 1"),
            (#"{"ttl":5}"#, "invalid value for string field ttl: 5"),
            (#"{"failurePolicy":"drop"}"#, #"invalid value for object field failurePolicy: "drop""#),
            (#"{"failure_policy":[]}"#, "invalid value for object field failure_policy: []"),
            (#"{"dueTime":"1s","due_time":"1s"}"#, #"duplicate field "due_time""#),
            (#"{"failurePolicy":null,"failure_policy":{}}"#, #"duplicate field "failure_policy""#),
            (#"{"dueTime":"1s","dueTime":"1s"}"#, #"duplicate key "dueTime" (byte 16)"#),
            (#"{"data":{"a":1,"a":2},"dueTime":"1s"}"#, #"duplicate key "a" (byte 15)"#),
            (#"{"data":[{"b":{"a":1,"a":2}}],"dueTime":"1s"}"#, #"duplicate key "a" (byte 21)"#),
            (#"{"due_time":"1s","due_time":null}"#, #"duplicate key "due_time" (byte 17)"#),
            ("[]", "an object was expected, not array"), ("null", "an object was expected, not null"),
            ("\"x\"", "an object was expected, not string"), ("5", "an object was expected, not number"),
            ("true", "an object was expected, not boolean"),
            ("   ", "syntax error: there is nothing but white space"),
            ("{", "syntax error: the text ends inside a value (byte 1)"),
        ])
    func wrongTypes(body: String, message: String) { #expect(malformed(body) == message) }

    @Test("a long value is shown by its beginning")
    func longValue() {
        let text = malformed("{\"dueTime\":[" + String(repeating: "1,", count: 10_000) + "1]}")
        #expect(
            text == "invalid value for string field dueTime: [" + String(repeating: "1,", count: 31) + "1…")
    }

    @Test("an empty body is an empty object")
    func emptyBody() { #expect(throws: APIError.scheduleEmpty(Self.app)) { try decode("") } }

    @Test("a name in the body is refused unless it is empty")
    func nameInBody() {
        #expect(throws: APIError.nameInBody(Self.app)) { try decode(#"{"dueTime":"1s","name":"x"}"#) }
        #expect(throws: APIError.nameInBody(Self.app)) { try decode(#"{"name":" "}"#, name: "") }
    }

    @Test("white space around the name is taken off")
    func trimmedName() throws {
        #expect(try decode(#"{"dueTime":"1s"}"#, name: " \ta b\n").name == Array("a b".utf8))
    }

    @Test("a policy that says nothing is the default")
    func emptyPolicy() throws {
        _ = try decode(#"{"dueTime":"1s","failurePolicy":{}}"#)
        _ = try decode(#"{"dueTime":"1s","failure_policy":{ }}"#)
    }

    @Test("checks come in the contract's order: each fault hides all that follow")
    func order() {
        let badName =
            #"job name is invalid "app||default||myapp||a/b": must not contain '/', '\', '#' or '?'"#
        let steps: [(body: String, name: String, error: APIError)] = [
            (#"{"repeats":-1,"name":"x"}"#, " ", .malformed("invalid value for uint32 field repeats: -1")),
            (#"{"repeats":0,"name":"x"}"#, " ", .nameInBody(Self.app)),
            (#"{"repeats":0}"#, " ", .nameEmpty(Self.app)),
            (#"{"repeats":0}"#, "a/b", .scheduleEmpty(Self.app)),
            (#"{"dueTime":"x","repeats":0}"#, "a/b", .schedule(.init(.unknown, badName), Self.app)),
            (
                #"{"dueTime":"x","repeats":2}"#, "a",
                .schedule(.invalidJob("job must have a schedule to repeat"), Self.app)
            ),
            (
                #"{"dueTime":"x","schedule":"","repeats":0}"#, "a",
                .schedule(.invalidJob("defined repeats must be greater than 0"), Self.app)
            ),
            (
                #"{"dueTime":"x","ttl":"x"}"#, "a",
                .schedule(.invalidJob("job must have a schedule to have a ttl"), Self.app)
            ),
            (
                #"{"dueTime":"x","schedule":"","ttl":"x"}"#, "a",
                .schedule(.invalidJob("empty spec string"), Self.app)
            ),
            (
                #"{"dueTime":"x","failurePolicy":{"constant":{"interval":"-1s"}}}"#, "a",
                .schedule(.invalidJob("due time format not recognized"), Self.app)
            ),
            (
                #"{"dueTime":"5s","schedule":"@every 1s","ttl":"x"}"#, "a",
                .schedule(.invalidJob("ttl format not recognized"), Self.app)
            ),
            (
                #"{"dueTime":"5s","schedule":"@every 1s","ttl":"-1s"}"#, "a",
                .schedule(.invalidJob("ttl must be greater than due time"), Self.app)
            ),
            (
                #"{"dueTime":"","ttl":null}"#, "a",
                .schedule(.invalidJob("due time format not recognized"), Self.app)
            ),
        ]
        for step in steps {
            #expect(throws: step.error, "\(step.body)") { try decode(step.body, name: step.name) }
        }
    }

    @Test("one decoder serves body after body, good and bad")
    func reuse() throws {
        for _ in 0..<100 {
            #expect(throws: APIError.self) { try decode(#"{"dueTime":"1s","data":{"x""#) }
            #expect(throws: APIError.self) { try decode(#"{"schedule":"@every 1s","repeats":0,"data":1}"#) }
            let draft = try decode(#"{"dueTime":"1s"}"#)
            #expect(draft.data == nil && draft.schedule == nil && draft.repeats == nil)
        }
    }

    private func decode(_ body: String, name: String = "r2-d2") throws(APIError) -> JobDraft {
        let bytes = Array(body.utf8)
        return try unsafe bytes.withUnsafeBufferPointer { buffer throws(APIError) in
            try unsafe payloads.decode(
                UnsafeRawBufferPointer(buffer), name: Array(name.utf8), acceptedAt: Self.now)
        }
    }

    /// What stands after `failed deserializing HTTP body: `, for a body that must be malformed.
    private func malformed(_ body: String) -> String? {
        let error = #expect(throws: APIError.self) { try decode(body) }
        #expect(error?.httpStatus == 400)
        #expect(error?.errorCode == "ERR_MALFORMED_REQUEST")
        #expect(error?.details == APIError.Details.none)
        let prefix = "failed deserializing HTTP body: "
        return error?.message.hasPrefix(prefix) == true
            ? error.map { String($0.message.dropFirst(prefix.count)) } : nil
    }
}
