import AppChannel
import JobsRuntime
import Reactor
import Testing

@Suite("What a trigger looks like to an app (contract, sections 1.4 and 6)")
struct TriggerRequestTests {
    private func trigger(_ name: String, data: String?) -> JobTrigger {
        JobTrigger(
            name: Array(name.utf8), data: data.map { Array($0.utf8) },
            runID: RunID(store: 0xAB, generation: 7, tick: 2),
            plannedTime: WallTime(seconds: 1_795_521_600, nanoseconds: 500_000_000), attempt: 4,
            isLastAttempt: true)
    }

    @Test(
        "the name is escaped as Go's client escapes a segment of a path",
        arguments: [
            ("r2-d2", "/job/r2-d2"), ("a b", "/job/a%20b"), ("my||job@name", "/job/my%7C%7Cjob@name"),
            ("50%", "/job/50%25"), ("\u{1F916}", "/job/%F0%9F%A4%96"), ("a+b:c", "/job/a+b:c"),
            ("[a]", "/job/%5Ba%5D"), ("!$&'()*,;=", "/job/!$&'()*,;="), ("..", "/job/.."),
        ])
    func target(name: String, expected: String) {
        #expect(String(decoding: TriggerRequest.target(Array(name.utf8)), as: UTF8.self) == expected)
    }

    @Test("the body is the data as it was sent, and the run context stands in headers")
    func request() {
        let request = TriggerRequest.make(
            trigger("a", data: #"{"z":1.50, "a":[ ]}"#),
            commonFields: TriggerRequest.commonFields(token: "s3cret"))
        #expect(String(decoding: request.body, as: UTF8.self) == #"{"z":1.50, "a":[ ]}"#)
        let fields = String(decoding: request.fields, as: UTF8.self)
        for field in [
            "Content-Type: application/json", "Dapr-Api-Token: s3cret", "mainspring-run-id: ab-7-2",
            "mainspring-planned-time: 2026-11-24T12:00:00.5Z", "mainspring-attempt: 4",
            "mainspring-last-attempt: true",
        ] {
            #expect(fields.contains(field + "\r\n"), "\(field)")
        }
        #expect(request.method.description == "POST")
        #expect(request.timeout == nil)
    }

    @Test("no token, no field")
    func noToken() {
        let fields = String(decoding: TriggerRequest.commonFields(token: nil), as: UTF8.self)
        #expect(!fields.lowercased().contains("token"))
    }

    @Test("a job without data has an empty body")
    func noData() {
        #expect(TriggerRequest.make(trigger("a", data: nil), commonFields: []).body.isEmpty)
    }
}
