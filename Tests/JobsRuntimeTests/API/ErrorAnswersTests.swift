import JobsRuntime
import TestKit
import Testing

/// The contract's section 1.6, as a client sees it.
@Suite("error answers")
struct ErrorAnswersTests {
    /// A request that fails, and the document that says so.
    struct Case: Sendable, CustomTestStringConvertible {
        let method: String
        let name: String
        let body: String
        let status: Int
        let code: String
        /// As it stands in the document, escapes and all.
        let message: String
        let metadata: String?

        var testDescription: String { "\(method) \(name) \(body)" }

        var document: String {
            guard let metadata else { return #"{"errorCode":"\#(code)","message":"\#(message)"}"# }
            return #"{"errorCode":"\#(code)","message":"\#(message)","details":[{"#
                + #""@type":"type.googleapis.com/google.rpc.ErrorInfo","domain":"dapr.io","#
                + #""metadata":\#(metadata),"reason":"\#(code)"}]}"#
        }
    }

    private static let both = #"{"appID":"garage","namespace":"default"}"#
    private static let due = #"{"dueTime":"1h"}"#

    private static let cases = [
        Case(
            method: "POST", name: "x", body: #"{"dueTime":5}"#, status: 400, code: "ERR_MALFORMED_REQUEST",
            message: "failed deserializing HTTP body: invalid value for string field dueTime: 5",
            metadata: nil),
        Case(
            method: "POST", name: "x", body: #"{"schedule":["<&>"]}"#, status: 400,
            code: "ERR_MALFORMED_REQUEST",
            message:
                #"failed deserializing HTTP body: invalid value for string field schedule: [\"\u003c\u0026\u003e\"]"#,
            metadata: nil),
        Case(
            method: "POST", name: "x", body: #"{"repeats":-1}"#, status: 400, code: "ERR_MALFORMED_REQUEST",
            message: "failed deserializing HTTP body: invalid value for uint32 field repeats: -1",
            metadata: nil),
        Case(
            method: "POST", name: "x", body: #"{"name":"x","dueTime":"1h"}"#, status: 400,
            code: "DAPR_SCHEDULER_JOB_NAME", message: "Set the job name in the url only",
            metadata: #"{"appID":"garage"}"#),
        Case(
            method: "POST", name: "+", body: due, status: 400, code: "DAPR_SCHEDULER_JOB_NAME_EMPTY",
            message: "Name is empty", metadata: both),
        Case(
            method: "POST", name: "x", body: "", status: 400, code: "DAPR_SCHEDULER_SCHEDULE_EMPTY",
            message: "Schedule is empty", metadata: both),
        Case(
            method: "POST", name: "taken", body: due, status: 409, code: "DAPR_SCHEDULER_SCHEDULE_JOB",
            message:
                "failed to schedule job due to: rpc error: code = AlreadyExists desc = job already exists: 'app||default||garage||taken'",
            metadata: both),
        Case(
            method: "POST", name: "taken", body: #"{"schedule":""}"#, status: 500,
            code: "DAPR_SCHEDULER_SCHEDULE_JOB",
            message:
                "failed to schedule job due to: rpc error: code = Unknown desc = job failed validation: empty spec string",
            metadata: both),
        Case(
            method: "GET", name: "%3Cnone%3E", body: "", status: 500, code: "DAPR_SCHEDULER_GET_JOB",
            message:
                #"failed to get job due to: rpc error: code = NotFound desc = job not found: \u003cnone\u003e"#,
            metadata: both),
        Case(
            method: "DELETE", name: "a%3Fb", body: "", status: 500, code: "DAPR_SCHEDULER_DELETE_JOB",
            message:
                #"failed to delete job due to: rpc error: code = Unknown desc = job name is invalid \"app||default||garage||a?b\": must not contain '/', '\\', '#' or '?'"#,
            metadata: both),
    ]

    @Test(
        "each is the contract's document, to the byte, and a bad update says what is bad before that it exists",
        arguments: cases)
    func documents(entry: Case) throws {
        let api = try APIHarness()
        _ = try api.request("POST", "/v1.0/jobs/taken", body: Self.due)
        for version in ["v1.0", "v1.0-alpha1"] {
            let answer = try api.request(entry.method, "/\(version)/jobs/\(entry.name)", body: entry.body)
            #expect(answer.status == entry.status)
            #expect(answer.body == entry.document)
            #expect(answer.headers["content-type"] == "application/json")
        }
    }
}
