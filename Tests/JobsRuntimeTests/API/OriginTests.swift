import JobsRuntime
import TestKit
import Testing

@Suite("web pages")
struct OriginTests {
    private static let body = #"{"dueTime":"1h"}"#

    private static func allowing(_ origins: String..., token: String? = nil) throws -> APIHarness {
        var access = APIAccess()
        access.allowedOrigins = try origins.map { try #require(WebOrigin($0)) }
        access.token = token.flatMap(APIToken.init)
        return try APIHarness(access: access)
    }

    @Test(
        "a page of another origin is refused, on every route",
        arguments: ["http://evil.example", "null", "https://127.0.0.1:3500", "http://127.0.0.1:3501", ""])
    func foreign(origin: String) throws {
        let api = try Self.allowing("http://dash.example")
        for (method, path) in [
            ("POST", "/v1.0/jobs/x"), ("GET", "/v1.0/healthz/outbound"), ("GET", "/nowhere"),
            ("OPTIONS", "/v1.0/jobs/x"),
        ] {
            let answer = try api.request(method, path, headers: ["Origin: \(origin)"], body: Self.body)
            #expect(answer.status == 403)
            #expect(answer.headers["access-control-allow-origin"] == nil)
        }
        #expect(api.jobs.exists("x") == false)
    }

    @Test("the server's own origin passes, by address and not by name")
    func own() throws {
        let api = try APIHarness()
        let own = try api.request("GET", "/v1.0/healthz", headers: ["Origin: http://127.0.0.1:3500"])
        #expect(own.status == 204)
        // A name may have been pointed here by whoever owns the page.
        let rebound =
            "POST /v1.0/jobs/x HTTP/1.1\r\nHost: evil.example:3500\r\nOrigin: http://evil.example:3500\r\nContent-Length: 0\r\n\r\n"
        #expect(try api.send(rebound).status == 403)
    }

    @Test("an origin that was allowed passes, and its page may read the answer")
    func allowed() throws {
        let api = try Self.allowing("http://other.example", "https://dash.example:8443")
        let headers = ["Origin: https://dash.example:8443"]
        let scheduled = try api.request("POST", "/v1.0/jobs/x", headers: headers, body: Self.body)
        #expect(scheduled.status == 204)
        let shown = try api.request("GET", "/v1.0/jobs/x", headers: headers)
        let missing = try api.request("GET", "/nowhere", headers: headers)
        for answer in [scheduled, shown, missing] {
            #expect(answer.headers["access-control-allow-origin"] == "https://dash.example:8443")
            #expect(answer.headers["vary"] == "Origin")
        }
        #expect(try api.request("GET", "/v1.0/jobs/x").headers["vary"] == nil)
    }

    @Test("a browser that asks beforehand is answered 204, without a token; the request itself needs it")
    func preflight() throws {
        let api = try Self.allowing("http://dash.example", token: "s3cret")
        let origin = "Origin: http://dash.example"
        let asked = try api.request(
            "OPTIONS", "/v1.0/jobs/x",
            headers: [
                origin, "Access-Control-Request-Method: POST",
                "Access-Control-Request-Headers: content-type,dapr-api-token",
            ])
        #expect(asked.status == 204)
        #expect(asked.headers["access-control-allow-origin"] == "http://dash.example")
        #expect(asked.headers["access-control-allow-methods"] == "GET, POST, PUT, DELETE")
        #expect(asked.headers["access-control-allow-headers"] == "content-type, dapr-api-token")
        let without = try api.request("POST", "/v1.0/jobs/x", headers: [origin], body: Self.body)
        #expect(without.status == 401)
        #expect(without.headers["access-control-allow-origin"] == "http://dash.example")
        let headers = [origin, "dapr-api-token: s3cret"]
        #expect(try api.request("POST", "/v1.0/jobs/x", headers: headers, body: Self.body).status == 204)
        #expect(try api.request("OPTIONS", "/v1.0/jobs/x", headers: headers).status == 404)
    }

    @Test(
        "an origin is a scheme and a host, and there is none for all pages",
        arguments: [
            "*", "", "null", "dash.example", "http://", "http://dash.example/", "http://Dash.example",
            "ftp://dash.example", "http://a\r\nX: b", "http://*.example",
        ])
    func noOrigin(text: String) { #expect(WebOrigin(text) == nil) }
}
