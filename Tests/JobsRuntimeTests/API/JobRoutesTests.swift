import JobsRuntime
import Reactor
import TestKit
import Testing

/// The contract's sections 1.1, 1.2 and 1.5, over the routes as they are put together for a host.
@Suite("jobs routes")
struct JobRoutesTests {
    private static let unmatched =
        #"{"errorCode":"ERR_DIRECT_INVOKE","message":"failed getting app id either from the URL path or the header dapr-app-id"}"#

    @Test("a verb of each route answers as the table has it", arguments: ["v1.0", "v1.0-alpha1"])
    func verbs(version: String) throws {
        let api = try APIHarness()
        let path = "/\(version)/jobs/r2-d2"
        let scheduled = try api.request("POST", path, body: #"{"dueTime":"1h"}"#)
        #expect(scheduled.status == 204)
        #expect(scheduled.body.isEmpty && scheduled.headers["content-length"] == nil)
        let shown = try api.request("GET", path)
        #expect(shown.status == 200 && shown.headers["content-type"] == "application/json")
        #expect(try api.request("DELETE", path).status == 204)
        #expect(try api.request("DELETE", path).status == 204, "also when the job does not exist")
        #expect(try api.request("GET", path).status == 500)
    }

    @Test("both spellings are one job")
    func spellings() throws {
        let api = try APIHarness()
        #expect(try api.request("POST", "/v1.0-alpha1/jobs/a", body: #"{"dueTime":"1h"}"#).status == 204)
        #expect(try api.request("GET", "/v1.0/jobs/a").status == 200)
        #expect(try api.request("POST", "/v1.0/jobs/a", body: #"{"dueTime":"1h"}"#).status == 409)
    }

    @Test(
        "an unknown route or a wrong verb is 404, never 405, with or without a dapr-app-id",
        arguments: [
            ("PUT", "/v1.0/jobs/x"), ("PATCH", "/v1.0/jobs/x"), ("FOO", "/v1.0/jobs/x"),
            ("GET", "/v1.0/jobs"),
            ("DELETE", "/v1.0/jobs"), ("GET", "/v1.0/jobs/"), ("POST", "/v1.0-alpha2/jobs/x"),
            ("POST", "/v1/jobs/x"), ("POST", "/V1.0/jobs/x"), ("GET", "/"), ("GET", "/v1.0/jobs/a/b"),
            ("POST", "/v1.0/healthz"), ("OPTIONS", "/v1.0/jobs/x"), ("TRACE", "/v1.0/jobs/x"),
            ("POST", "/v1.0/jobs/."), ("POST", "/v1.0/jobs/.."), ("POST", "/v1.0/metadata"),
            ("GET", "/v1.0/metadata/x"), ("GET", "/v1.0/invoke/other/method/x"),
        ])
    func unmatched(method: String, path: String) throws {
        let api = try APIHarness()
        // Service invocation, which the header asks for, is not served here: nothing is forwarded to anybody.
        for headers in [[], ["dapr-app-id: other"]] {
            let answer = try api.request(method, path, headers: headers, body: #"{"dueTime":"1h"}"#)
            #expect(answer.status == 404)
            #expect(answer.body == Self.unmatched)
            #expect(answer.headers["content-type"] == "application/json")
        }
    }

    @Test("HEAD is 404 too, without a body")
    func head() throws {
        let api = try APIHarness()
        let bytes = api.exchange("HEAD /v1.0/jobs/x HTTP/1.1\r\nHost: x\r\n\r\n")
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.hasPrefix("HTTP/1.1 404 ") && text.hasSuffix("\r\n\r\n"))
    }

    @Test("CONNECT is 501, as this is no proxy", arguments: ["/v1.0/jobs/x", "example.org:443"])
    func connect(target: String) throws {
        let api = try APIHarness()
        let bytes = api.exchange("CONNECT \(target) HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("HTTP/1.1 501 "))
    }

    @Test(
        "paths are cleaned, then one slash at the end is passed over, then the name is decoded as a query component",
        arguments: [
            ("/v1.0/jobs/a%20b", "a b"), ("/v1.0/jobs/a+b", "a b"), ("/v1.0/jobs/a%2Bb", "a+b"),
            ("/v1.0/jobs/a%2520b", "a%20b"), ("/v1.0/jobs/my%7C%7Cjob@name", "my||job@name"),
            ("/v1.0/jobs/my||job@name", "my||job@name"), ("/v1.0/jobs/%F0%9F%98%80", "😀"),
            ("/v1.0/jobs/x/", "x"), ("//v1.0/./jobs//y", "y"), ("/v1.0/jobs/no/../z", "z"),
            ("/v1.0/jobs/q?name=other&overwrite=true#", "q"), ("/v1.0/jobs/%2e%2e", ".."),
        ])
    func paths(path: String, name: String) throws {
        let api = try APIHarness()
        let target = path.split(separator: "#")[0]
        #expect(try api.request("POST", String(target), body: #"{"dueTime":"1h"}"#).status == 204)
        #expect(api.jobs.exists(name) == true)
    }

    @Test("an escaped slash becomes a slash, which no name may have")
    func escapedSlash() throws {
        let api = try APIHarness()
        for method in ["POST", "GET", "DELETE"] {
            let answer = try api.request(method, "/v1.0/jobs/a%2Fb", body: #"{"dueTime":"1h"}"#)
            #expect(answer.status == 500)
            #expect(
                answer.body.contains(#"job name is invalid \"app||default||garage||a/b\": must not contain"#))
        }
    }

    @Test("a broken escape is 400", arguments: ["%", "a%2", "%zz"])
    func brokenEscape(name: String) throws {
        let api = try APIHarness()
        for method in ["POST", "GET", "DELETE"] {
            let answer = try api.request(method, "/v1.0/jobs/\(name)", body: "{}")
            #expect(answer.status == 400)
            let message = #"the name \"\#(name)\" in the path has a broken percent-escape"#
            #expect(
                answer.body
                    == #"{"errorCode":"ERR_MALFORMED_REQUEST","message":"failed deserializing HTTP body: \#(message)"}"#
            )
        }
    }

    @Test(
        "the content type does not matter, nor does its absence", arguments: ["text/plain", "a/b", "", nil])
    func contentType(type: String?) throws {
        let api = try APIHarness()
        let headers = type.map { ["Content-Type: \($0)"] } ?? []
        let answer = try api.request("POST", "/v1.0/jobs/x", headers: headers, body: #"{"dueTime":"1h"}"#)
        #expect(answer.status == 204)
    }

    @Test("a name is trimmed on POST, not on GET and DELETE")
    func trimming() throws {
        let api = try APIHarness()
        #expect(try api.request("POST", "/v1.0/jobs/%20%09x+%0A", body: #"{"dueTime":"1h"}"#).status == 204)
        #expect(try api.request("GET", "/v1.0/jobs/x").status == 200)
        #expect(try api.request("GET", "/v1.0/jobs/x+").status == 500)
        #expect(try api.request("DELETE", "/v1.0/jobs/x+").status == 204)
        #expect(api.jobs.exists("x") == true)
        let blank = try api.request("POST", "/v1.0/jobs/%20", body: #"{"dueTime":"1h"}"#)
        #expect(blank.status == 400 && blank.body.contains("DAPR_SCHEDULER_JOB_NAME_EMPTY"))
        #expect(try api.request("GET", "/v1.0/jobs/%20").body.contains("job not found:  "))
    }

    @Test("a GET shows all that was sent, in the contract's order and spacing, to the byte")
    func document() throws {
        let api = try APIHarness()
        let sent =
            #"{"data":{"z": 1.50,"a":[12345678901234567890]},"repeats":"3.0","schedule":"@every 1h","#
            + #""due_time":"2027-01-01T00:00:00Z","overwrite":true,"x":{"y":1,"y":1}}"#
        #expect(try api.request("POST", "/v1.0/jobs/%3Cr2%3E", body: sent).status == 204)
        let expected =
            #"{"name":"<r2>", "schedule":"@every 1h", "repeats":3, "dueTime":"2027-01-01T00:00:00Z", "#
            + #""data":{"@type":"type.googleapis.com/google.protobuf.Value", "value":{"z": 1.50,"a":[12345678901234567890]}}, "#
            + #""failurePolicy":{"constant":{"interval":"1s", "maxRetries":3}}}"#
        #expect(try api.request("GET", "/v1.0/jobs/%3Cr2%3E").body == expected)
    }

    @Test(
        "data of any kind is kept and shown wrapped; an @type within has no meaning",
        arguments: ["null", "0", #""text""#, "true", "[]", "{}", #"{"@type":"x","value":1}"#])
    func data(value: String) throws {
        let api = try APIHarness()
        let sent = "{\"dueTime\":\"1h\",\"data\":\(value)}"
        #expect(try api.request("POST", "/v1.0/jobs/x", body: sent).status == 204)
        let wrapped =
            #""data":{"@type":"type.googleapis.com/google.protobuf.Value", "value":"# + value + "}, "
        #expect(try api.request("GET", "/v1.0/jobs/x").body.contains(wrapped))
    }

    @Test("absent data is shown as nothing, and delivered as nothing")
    func noData() throws {
        let api = try APIHarness()
        #expect(try api.request("POST", "/v1.0/jobs/x", body: #"{"dueTime":"1s"}"#).status == 204)
        #expect(try !api.request("GET", "/v1.0/jobs/x").body.contains("data"))
        api.jobs.advance(milliseconds: 1000)
        #expect(api.receiver.deliveries.map(\.trigger.data) == [nil])
    }

    @Test("a job is seen until it has run, then no more")
    func gone() throws {
        let api = try APIHarness()
        #expect(try api.request("POST", "/v1.0/jobs/x", body: #"{"dueTime":"1s"}"#).status == 204)
        api.jobs.advance(milliseconds: 2000)
        #expect(try api.request("GET", "/v1.0/jobs/x").body.contains("job not found: x"))
    }

    @Test("a body over the limit is ERR_BODY_READ, one at the limit is read")
    func bodyLimit() throws {
        var limits = Limits()
        limits.bodyBytes = 64
        let api = try APIHarness(network: limits)
        let frame = #"{"dueTime":"1h","data":""}"#.utf8.count
        for (size, status) in [(64, 204), (65, 400)] {
            let text = String(repeating: "x", count: size - frame)
            let answer = try api.request(
                "POST", "/v1.0/jobs/x", body: "{\"dueTime\":\"1h\",\"data\":\"\(text)\"}")
            #expect(answer.status == status)
            if status == 400 {
                #expect(
                    answer.body
                        == #"{"errorCode":"ERR_BODY_READ","message":"failed to read request body: stream too large"}"#
                )
            }
        }
    }
}
