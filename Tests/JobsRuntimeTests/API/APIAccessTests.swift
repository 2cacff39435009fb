import JobsRuntime
import Reactor
import TestKit
import Testing

/// The contract's section 7.
@Suite("access to the API")
struct APIAccessTests {
    private static let body = #"{"dueTime":"1h"}"#

    private static func guarded() throws -> APIHarness {
        var access = APIAccess()
        access.token = APIToken("s3cret")
        return try APIHarness(access: access)
    }

    @Test(
        "with a token, a caller without it gets 401 and the contract's text, on routes and elsewhere",
        arguments: [
            ("POST", "/v1.0/jobs/x"), ("GET", "/v1.0/jobs/x"), ("DELETE", "/v1.0-alpha1/jobs/x"),
            ("GET", "/v1.0/metadata"), ("PUT", "/v1.0/metadata/x"), ("GET", "/nowhere"),
            ("POST", "/v1.0/healthz"), ("GET", "/v1.0/healthz/"),
        ])
    func unauthorized(method: String, path: String) throws {
        let api = try Self.guarded()
        if path.hasSuffix("healthz/") {
            #expect(try api.request(method, path).status == 204, "a slash at the end changes nothing")
            return
        }
        let wrong = ["", "S3cret", "s3cre", "s3cret1", "s3crets3cret", "Bearer s3cret"].map {
            "dapr-api-token: \($0)"
        }
        for headers in [[]] + wrong.map({ [$0] }) {
            let answer = try api.request(method, path, headers: headers, body: Self.body)
            #expect(answer.status == 401, "\(headers)")
            #expect(answer.body == "invalid api token\n")
            #expect(answer.headers["content-type"] == "text/plain; charset=utf-8")
        }
        #expect(api.jobs.exists("x") == false)
        #expect(api.log.lines.isEmpty)
    }

    @Test(
        "a caller without the token is told so before it has sent a body, which nobody keeps",
        arguments: ["", "Expect: 100-continue\r\n", "Transfer-Encoding: chunked\r\n"])
    func unauthorizedBody(field: String) throws {
        let api = try Self.guarded()
        let length = field.hasPrefix("Transfer") ? "" : "Content-Length: 4000000\r\n"
        let head = "POST /v1.0/jobs/x HTTP/1.1\r\nHost: 127.0.0.1:3500\r\n\(length)\(field)"
        let answer = try api.send(head + "\r\n")
        #expect(answer.status == 401)
        #expect(answer.body == "invalid api token\n")
        #expect(answer.headers["connection"] == "close")
        let waiting = api.exchange(head + "dapr-api-token: s3cret\r\n\r\n")
        let text = String(decoding: waiting, as: UTF8.self)
        #expect(field.hasPrefix("Expect") ? text.hasPrefix("HTTP/1.1 100") : text.isEmpty, "\(text)")
    }

    @Test("with the token, everything is as without one", arguments: ["dapr-api-token", "Dapr-Api-Token"])
    func authorized(header: String) throws {
        let api = try Self.guarded()
        let headers = ["\(header): s3cret"]
        #expect(try api.request("POST", "/v1.0/jobs/x", headers: headers, body: Self.body).status == 204)
        #expect(try api.request("GET", "/v1.0/jobs/x", headers: headers).status == 200)
        #expect(try api.request("GET", "/nowhere", headers: headers).status == 404)
    }

    @Test("the two health checks ask for none", arguments: ["/v1.0/healthz", "/v1.0/healthz/outbound"])
    func exempt(path: String) throws {
        #expect(try Self.guarded().request("GET", path).status == 204)
    }

    @Test("a body that is too large is no way around the token")
    func largeBody() throws {
        var access = APIAccess()
        access.token = APIToken("s3cret")
        var limits = Limits()
        limits.bodyBytes = 8
        let api = try APIHarness(access: access, network: limits)
        #expect(try api.request("POST", "/v1.0/jobs/x", body: Self.body).status == 401)
        let headers = ["dapr-api-token: s3cret"]
        #expect(try api.request("POST", "/v1.0/jobs/x", headers: headers, body: Self.body).status == 400)
    }

    @Test("a token is visible ASCII, and is printed nowhere")
    func token() throws {
        for text in ["", "a b", " a", "a\n", "é", "a\u{7F}", String(repeating: "x", count: 2049)] {
            #expect(APIToken(text) == nil)
        }
        var options = JobsRuntime.Options(dataDirectory: nil, appID: "a")
        options.access.token = APIToken("s3cret")
        var dumped = ""
        dump(options, to: &dumped)
        for shown in ["\(options)", String(reflecting: options), dumped] {
            #expect(!shown.contains("s3cret") && shown.contains("(a token)"))
        }
    }

    @Test("the open port serves health and metadata to read, without a token, and nothing else")
    func openPort() throws {
        let api = try Self.guarded()
        #expect(try api.request("GET", "/v1.0/healthz", open: true).status == 204)
        #expect(try api.request("GET", "/v1.0/healthz/outbound", open: true).status == 204)
        #expect(try api.request("GET", "/v1.0/metadata", open: true).status == 200)
        for (method, path) in [
            ("POST", "/v1.0/jobs/x"), ("GET", "/v1.0/jobs/x"), ("PUT", "/v1.0/metadata/x"), ("GET", "/"),
        ] {
            let answer = try api.request(method, path, body: Self.body, open: true)
            #expect(answer.status == 404 && answer.body.contains("ERR_DIRECT_INVOKE"))
        }
    }

    @Test(
        "what is denied, or not among the allowed, is 404 as if it were not there",
        arguments: [
            ([], ["jobs/v1"], ["jobsAlpha", "metadata"]),
            ([], ["jobs/v1.0/http"], ["jobsAlpha", "metadata"]),
            ([], ["jobs/v1alpha1"], ["jobs", "metadata"]), ([], ["metadata/v1"], ["jobs", "jobsAlpha"]),
            (["jobs/v1"], [], ["jobs"]), (["jobs/v1", "jobs/v1.0-alpha1"], [], ["jobs", "jobsAlpha"]),
            (["jobs/v1", "metadata/v1"], ["jobs/v1"], ["metadata"]),
            // Rules for another protocol alone say nothing of this one.
            ([], ["jobs/v1/grpc"], ["jobs", "jobsAlpha", "metadata"]),
            (["jobs/v1/grpc"], [], ["jobs", "jobsAlpha", "metadata"]),
            ([], [], ["jobs", "jobsAlpha", "metadata"]),
        ] as [([String], [String], [String])])
    func lists(allowed: [String], denied: [String], served: [String]) throws {
        var access = APIAccess()
        access.allowed = try allowed.map { try #require(APIRule($0)) }
        access.denied = try denied.map { try #require(APIRule($0)) }
        let api = try APIHarness(access: access)
        let requests = [
            ("jobs", "POST", "/v1.0/jobs/x", 204), ("jobsAlpha", "POST", "/v1.0-alpha1/jobs/y", 204),
            ("metadata", "GET", "/v1.0/metadata", 200), ("metadata", "PUT", "/v1.0/metadata/x", 204),
        ]
        for (part, method, path, status) in requests {
            let answer = try api.request(method, path, body: Self.body)
            #expect(answer.status == (served.contains(part) ? status : 404), "\(path)")
        }
        #expect(try api.request("GET", "/v1.0/healthz").status == 204)
        #expect(try api.request("GET", "/v1.0/healthz/outbound").status == 204)
    }

    @Test(
        "a rule that names no part is none",
        arguments: [
            "", "jobs", "jobs/", "job/v1", "jobs/v2", "metadata/v1alpha1", "jobs/v1/smtp", "jobs/v1/http/x",
            "healthz/v1", "Jobs/v1", " jobs/v1",
        ])
    func noRule(text: String) { #expect(APIRule(text) == nil) }
}
