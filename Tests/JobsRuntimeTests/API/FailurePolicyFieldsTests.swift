import JobsRuntime
import Reactor
import TestKit
import Testing

@Suite("Failure policies as they are sent and shown (contract, sections 1.3 and 1.5)")
struct FailurePolicyFieldsTests {
    private static let app = AppIdentity(appID: "myapp")

    @Test(
        "either shape, in either spelling, is taken and shown in camel case",
        arguments: [
            (#""failurePolicy":{"drop":{}}"#, #"{"drop":{}}"#),
            (#""failure_policy":{"drop":{}}"#, #"{"drop":{}}"#),
            (
                #""failurePolicy":{"constant":{"interval":"3s", "maxRetries":5}}"#,
                #"{"constant":{"interval":"3s", "maxRetries":5}}"#
            ),
            (
                #""failure_policy":{"constant":{"max_retries":5,"interval":"3s"}}"#,
                #"{"constant":{"interval":"3s", "maxRetries":5}}"#
            ),
            (#""failurePolicy":{"constant":{"interval":"3s"}}"#, #"{"constant":{"interval":"3s"}}"#),
            (#""failurePolicy":{"constant":{"maxRetries":0}}"#, #"{"constant":{"maxRetries":0}}"#),
            (
                #""failurePolicy":{"constant":{"maxRetries":"4294967295"}}"#,
                #"{"constant":{"maxRetries":4294967295}}"#
            ),
            (#""failurePolicy":{"constant":{"maxRetries":3e0}}"#, #"{"constant":{"maxRetries":3}}"#),
            (#""failurePolicy":{"constant":{}}"#, #"{"constant":{}}"#),
            (
                #""failurePolicy":{"constant":{"interval":null,"maxRetries":null}}"#, #"{"constant":{}}"#
            ),
            (#""failurePolicy":{"drop":null,"constant":{}}"#, #"{"constant":{}}"#),
            (#""failurePolicy":{"drop":{"more":1},"other":[]}"#, #"{"drop":{}}"#),
        ])
    func shapes(field: String, shown: String) throws {
        #expect(try echo(field) == shown)
    }

    @Test(
        "what names no policy is the default, which is shown too",
        arguments: [
            "", #""failurePolicy":null"#, #""failurePolicy":{}"#, #""failure_policy":{ }"#,
            #""failurePolicy":{"drop":null}"#, #""failurePolicy":{"unknown":1}"#,
            #""failurePolicy":{"constant":{"interval":"1s","maxRetries":3}}"#,
        ])
    func standard(field: String) throws {
        #expect(try echo(field) == #"{"constant":{"interval":"1s", "maxRetries":3}}"#)
    }

    @Test(
        "an interval is shown in seconds, with no fraction or one of 3, 6 or 9 digits",
        arguments: [
            ("10s", "10s"), ("0s", "0s"), ("-0s", "0s"), ("+5s", "5s"), ("0.2s", "0.200s"),
            ("0.0002s", "0.000200s"), ("1.000000001s", "1.000000001s"), ("1.5000s", "1.500s"),
            (".5s", "0.500s"), ("5.s", "5s"), ("1.000s", "1s"), ("0.000000000s", "0s"),
            ("315576000000s", "315576000000s"),
        ])
    func intervals(sent: String, shown: String) throws {
        #expect(
            try echo(#""failurePolicy":{"constant":{"interval":"\#(sent)"}}"#)
                == #"{"constant":{"interval":"\#(shown)"}}"#)
    }

    @Test("whatever is shown of a policy is taken again, and is the same")
    func roundTrip() throws {
        var random = PropertySeed(5)
        for _ in 0..<300 {
            let magnitudes: [UInt64] = [0, 1, 1000, 1_000_000_000, 315_576_000_000_000_000]
            let limit = magnitudes.randomElement(using: &random) ?? 0
            let seconds = UInt64.random(in: 0...limit, using: &random) / 1_000_000
            let unit: UInt32 = [0, 1, 1000, 1_000_000].randomElement(using: &random) ?? 1
            let fraction = UInt32.random(in: 0..<1000, using: &random) * unit
            let interval = Duration.seconds(Int64(seconds)) + .nanoseconds(Int64(fraction))
            let policy = FailurePolicy.constant(
                interval: interval,
                maximumRetries: Bool.random(using: &random) ? nil : .random(in: 0 ... .max, using: &random))
            let draft = try decode("\"failurePolicy\":\(shown(policy))")
            #expect(draft.failurePolicy == policy, "MAINSPRING_SEED=\(random.seed) \(policy)")
        }
    }

    @Test(
        "an interval that is no duration of protobuf's JSON is malformed, and the text names and quotes it",
        arguments: [
            #""200ms""#, #""2m""#, #""10""#, #""s""#, #""-s""#, #""""#, #"" 1s""#, #""1 s""#, #""01s""#,
            #""1.0000000001s""#, #""1e3s""#, #""1,5s""#, #""1s1s""#, #""١s""#, "10", "0.5", "true", "{}",
            "[]",
        ])
    func badIntervals(value: String) {
        #expect(
            malformed(#""failurePolicy":{"constant":{"interval":\#(value)}}"#)
                == "invalid value for duration field failurePolicy.constant.interval: \(value)"
                + #" (decimal seconds and an s, such as "0.2s")"#)
    }

    @Test(
        "an interval past protobuf's 10,000 years is malformed",
        arguments: ["315576000001s", "-315576000001s", "99999999999999999999999999s"])
    func intervalOutOfRange(text: String) {
        #expect(
            malformed(#""failurePolicy":{"constant":{"interval":"\#(text)"}}"#)
                == #"invalid value for duration field failurePolicy.constant.interval: "\#(text)""#
                + " (at most 315576000000 seconds)")
    }

    @Test(
        "what is no policy is malformed, and named",
        arguments: [
            (
                #""failurePolicy":{"drop":{},"constant":{}}"#,
                #"field failurePolicy has both drop and constant, and takes one: {"drop":{},"constant":{}}"#
            ),
            (#""failurePolicy":{"drop":true}"#, "invalid value for object field failurePolicy.drop: true"),
            (
                #""failurePolicy":{"constant":"1s"}"#,
                #"invalid value for object field failurePolicy.constant: "1s""#
            ),
            (
                #""failurePolicy":{"constant":{"maxRetries":-1}}"#,
                "invalid value for uint32 field failurePolicy.constant.maxRetries: -1"
            ),
            (
                #""failurePolicy":{"constant":{"max_retries":1.5}}"#,
                "invalid value for uint32 field failurePolicy.constant.maxRetries: 1.5"
            ),
            (
                #""failurePolicy":{"constant":{"maxRetries":1,"max_retries":1}}"#,
                #"duplicate field "max_retries""#
            ),
            (#""failurePolicy":{},"failure_policy":{}"#, #"duplicate field "failure_policy""#),
        ])
    func malformedPolicies(field: String, text: String) {
        #expect(malformed(field) == text)
    }

    @Test("an interval below 0, which Dapr retries at once, is refused when the job is scheduled")
    func negativeInterval() {
        let error = #expect(throws: APIError.self) {
            try decode(#""failurePolicy":{"constant":{"interval":"-0.5s"}}"#)
        }
        #expect(error?.errorCode == "DAPR_SCHEDULER_SCHEDULE_JOB")
        #expect(
            error?.message.hasSuffix(
                "failure policy interval must not be negative: failurePolicy.constant.interval -0.500s")
                == true)
    }

    @Test("a policy is read back from the store as it was written, and the default takes no room there")
    func stored() throws {
        for field in [
            "", #""failurePolicy":{"drop":{}}"#, #""failurePolicy":{"constant":{}}"#,
            #""failurePolicy":{"constant":{"interval":"0.000000001s"}}"#,
            #""failurePolicy":{"constant":{"maxRetries":7}}"#,
            #""failurePolicy":{"constant":{"interval":"315576000000s","maxRetries":4294967295}}"#,
        ] {
            let record = SpecRecord(try decode(field), storeID: 7)
            #expect(try SpecRecord(decoding: record.encoded()) == record)
        }
        let standard = SpecRecord(try decode(""), storeID: 7)
        var other = standard
        other.failurePolicy = .drop
        #expect(other.encoded().count > standard.encoded().count)
    }

    @Test("a policy's record that is cut short, or of a kind to come, is refused")
    func damagedRecord() throws {
        let plain = SpecRecord(try decode(""), storeID: 7).encoded()
        for bytes in [[], [1], [1, 1], [1, 2, 0, 0, 0], [1, 4], [0, 0], [1, 0, 0]] as [[UInt8]] {
            let error = #expect(throws: StoreError.self) {
                try SpecRecord(decoding: plain + [8, UInt8(bytes.count)] + bytes)
            }
            #expect(error?.code == .corruption, "\(bytes)")
        }
        let error = #expect(throws: StoreError.self) { try SpecRecord(decoding: plain + [8, 1, 2]) }
        #expect(error?.code == .newerFormat)
    }

    // MARK: Helpers

    /// The policy that `GET` shows of a job that was scheduled with a field.
    private func echo(_ field: String) throws -> String {
        shown(SpecRecord(try decode(field), storeID: 7).failurePolicy)
    }

    private func shown(_ policy: FailurePolicy) -> String {
        var output: [UInt8] = []
        JobDocument(name: Array("a".utf8), schedule: nil, dueTime: nil, failurePolicy: policy).write(
            to: &output)
        let text = String(decoding: output, as: UTF8.self)
        return String(text.dropFirst(#"{"name":"a", "failurePolicy":"#.count).dropLast())
    }

    private func decode(_ field: String) throws(APIError) -> JobDraft {
        let body = Array((#"{"dueTime":"1s""# + (field.isEmpty ? "" : ",") + field + "}").utf8)
        return try unsafe body.withUnsafeBufferPointer { buffer throws(APIError) in
            try unsafe JobPayloads(app: Self.app).decode(
                UnsafeRawBufferPointer(buffer), name: Array("r2-d2".utf8), acceptedAt: JobsHarness.start)
        }
    }

    /// What stands after `failed deserializing HTTP body: `, for a field that must be malformed.
    private func malformed(_ field: String) -> String? {
        let error = #expect(throws: APIError.self) { try decode(field) }
        #expect(error?.httpStatus == 400)
        #expect(error?.errorCode == "ERR_MALFORMED_REQUEST")
        return error.map { String($0.message.dropFirst("failed deserializing HTTP body: ".count)) }
    }
}
