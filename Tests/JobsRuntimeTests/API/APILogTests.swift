import JobsRuntime
import Logging
import TestKit
import Testing

/// The contract's section 8.3, lines of scope `dapr.api`.
@Suite("the API's log")
struct APILogTests {
    @Test(
        "a request that fails is told in the words of Dapr's log",
        arguments: [
            (
                "GET", "c-3po", "",
                "Error getting job c-3po due to: rpc error: code = NotFound desc = job not found: c-3po"
            ),
            (
                "GET", "a%23", "",
                #"Error getting job a# due to: rpc error: code = Unknown desc = job name is invalid "app||default||garage||a#": must not contain '/', '\', '#' or '?'"#
            ),
            (
                "DELETE", "a%5C", "",
                #"Error deleting job: a\ due to: rpc error: code = Unknown desc = job name is invalid "app||default||garage||a\\": must not contain '/', '\', '#' or '?'"#
            ),
            (
                "POST", "taken", #"{"dueTime":"1h"}"#,
                "Error scheduling job taken due to: rpc error: code = AlreadyExists desc = job already exists: 'app||default||garage||taken'"
            ),
            (
                "POST", "+x+", #"{"schedule":""}"#,
                "Error scheduling job x due to: rpc error: code = Unknown desc = job failed validation: empty spec string"
            ),
            ("POST", "%20", #"{"dueTime":"1h"}"#, "Job name is empty."),
        ])
    func lines(method: String, name: String, body: String, line: String) throws {
        let api = try APIHarness()
        _ = try api.request("POST", "/v1.0/jobs/taken", body: #"{"dueTime":"1h"}"#)
        #expect(try api.request(method, "/v1.0/jobs/\(name)", body: body).status >= 400)
        #expect(api.log.entries == [LogRecorder.Line(level: .error, message: line, scope: "dapr.api")])
    }

    @Test("what succeeds, and what is no error of the scheduler, is not told")
    func silence() throws {
        let api = try APIHarness()
        _ = try api.request("POST", "/v1.0/jobs/x", body: #"{"dueTime":"1h"}"#)
        _ = try api.request("GET", "/v1.0/jobs/x")
        _ = try api.request("DELETE", "/v1.0/jobs/x")
        _ = try api.request("POST", "/v1.0/jobs/x", body: "{")
        _ = try api.request("GET", "/nowhere")
        #expect(api.log.entries.isEmpty)
    }
}
