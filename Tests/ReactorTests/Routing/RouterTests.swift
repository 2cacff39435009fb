import Reactor
import TestKit
import Testing

@Suite struct RouterTests {
    /// A router that answers with a text that names the route and its parameters.
    private func answer(_ method: String, _ path: String) -> String {
        let harness = HTTPHarness()
        let router = Router(
            fallback: { _, _ in .respond(.text(status: 404, "fallback")) },
            bodyRefusal: { _ in .text(status: 400, "too large") })
        func add(_ method: HTTPMethod, _ pattern: StaticString) {
            router.add(method, pattern) { _, parameters, _ in
                var text = "\(pattern)"
                for index in 0..<parameters.count {
                    let decoded = parameters.decoded(index).map { String(decoding: $0, as: UTF8.self) }
                    text +=
                        unsafe " \(String(decoding: parameters[index], as: UTF8.self))=\(decoded ?? "nil")"
                }
                return .respond(.json(status: 200, Array(text.utf8)))
            }
        }
        add(.get, "/v1.0/jobs/{name}")
        add(.post, "/v1.0/jobs/{name}")
        add(.get, "/v1.0-alpha1/jobs/{name}")
        add(.get, "/v1.0/healthz")
        add(.get, "/v1.0/healthz/outbound")
        add(.get, "/v1.0/jobs/fixed")
        add(.get, "/a/{x}/b/{y}")
        add(.get, "/a/c/d")
        add(.get, "/")
        harness.handler.answer = { router.handle($0, $1) }
        let transport = harness.connect()
        transport.receive("\(method) \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
        return transport.sentText.components(after: "\r\n\r\n")
    }

    @Test(
        "a path and a verb find their route",
        arguments: [
            ("GET", "/v1.0/jobs/a", "/v1.0/jobs/{name} a=a"),
            ("POST", "/v1.0/jobs/a?b=c", "/v1.0/jobs/{name} a=a"),
            ("GET", "/v1.0-alpha1/jobs/a", "/v1.0-alpha1/jobs/{name} a=a"),
            ("GET", "/v1.0/jobs/fixed", "/v1.0/jobs/fixed"),
            ("GET", "/v1.0/jobs/fixed1", "/v1.0/jobs/{name} fixed1=fixed1"),
            ("GET", "/v1.0/healthz", "/v1.0/healthz"),
            ("GET", "/v1.0/healthz/outbound", "/v1.0/healthz/outbound"),
            ("GET", "/a/1/b/2", "/a/{x}/b/{y} 1=1 2=2"), ("GET", "/a/c/d", "/a/c/d"),
            ("GET", "/a/c/b/d", "/a/{x}/b/{y} c=c d=d"),
            ("GET", "/", "/"),
        ])
    func found(_ method: String, _ path: String, _ expected: String) {
        #expect(answer(method, path) == expected)
    }

    @Test(
        "what no route fits, by path or by verb, goes to the fallback",
        arguments: [
            ("PUT", "/v1.0/jobs/a"), ("HEAD", "/v1.0/jobs/a"), ("DELETE", "/v1.0/healthz"),
            ("GET", "/v1.0/jobs"),
            ("GET", "/v1.0/jobs/"), ("GET", "/v1.0/jobs/a/b"), ("GET", "/V1.0/jobs/a"), ("GET", "/v1.0"),
            ("GET", "/v1"),
            ("OPTIONS", "*"), ("GET", "/v1%2E0/jobs/a"), ("REPORT", "/"), ("GET", "/a/1/b"),
        ])
    func unmatched(_ method: String, _ path: String) {
        #expect(answer(method, path) == (method == "HEAD" ? "" : "fallback"))
    }

    @Test(
        "paths are cleaned as the contract says before they are routed",
        arguments: [
            ("/v1.0/jobs/a/", "a=a"), ("//v1.0///jobs/a", "a=a"), ("/v1.0/./jobs/a", "a=a"),
            ("/x/../v1.0/jobs/a", "a=a"),
            ("/../../v1.0/jobs/a", "a=a"), ("/v1.0/jobs/b/../a", "a=a"), ("/v1.0/jobs/a//", "a=a"),
            ("/v1.0/jobs/a/.", "a=a"),
            ("/v1.0/jobs/a/b/..", "a=a"), ("/v1.0/jobs/...", "...=..."), ("/v1.0/jobs/.a", ".a=.a"),
            ("/v1.0/jobs/a.", "a.=a."),
            ("/v1.0/jobs/%2e%2e", "%2e%2e=.."), ("/v1.0/jobs/a%2Fb", "a%2Fb=a/b"),
            ("/v1.0/jobs/a+b%20c", "a+b%20c=a b c"),
            ("/v1.0/jobs/a%", "a%=nil"), ("/v1.0/jobs/a%2", "a%2=nil"), ("/v1.0/jobs/%zz", "%zz=nil"),
        ])
    func cleaning(_ path: String, _ parameter: String) {
        #expect(answer("GET", path) == "/v1.0/jobs/{name} \(parameter)")
    }

    @Test(
        "a name of dots cannot be routed", arguments: ["/v1.0/jobs/.", "/v1.0/jobs/..", "/v1.0/jobs/../jobs"])
    func dots(_ path: String) { #expect(answer("GET", path) == "fallback") }
}

extension String {
    /// What stands behind the first `separator`.
    fileprivate func components(after separator: String) -> String {
        firstRange(of: separator).map { String(self[$0.upperBound...]) } ?? ""
    }
}
