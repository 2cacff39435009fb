import JobsRuntime
import TestKit
import Testing

/// The contract's section 8.1.
@Suite("health and metadata")
struct MetadataTests {
    private static let version = JobsRuntime.version

    @Test("healthz is 204, or says what it waits for before it looks at the app id")
    func health() throws {
        let api = try APIHarness()
        #expect(try api.request("GET", "/v1.0/healthz").status == 204)
        #expect(try api.request("GET", "/v1.0/healthz?appid=garage").status == 204)
        let other = try api.request("GET", "/v1.0/healthz?appid=other")
        #expect(other.status == 500)
        #expect(
            other.body
                == #"{"errorCode":"ERR_HEALTH_APPID_NOT_MATCH","message":"dapr app-id does not match"}"#)
        api.receiver.isAccepting = false
        for query in ["", "?appid=other"] {
            let answer = try api.request("GET", "/v1.0/healthz\(query)")
            #expect(answer.status == 500)
            #expect(
                answer.body
                    == #"{"errorCode":"ERR_HEALTH_NOT_READY","message":"dapr is not ready: [recorder]"}"#)
        }
    }

    @Test("healthz/outbound does not wait for the app, and ends with the serving")
    func outbound() throws {
        let api = try APIHarness()
        api.receiver.isAccepting = false
        #expect(try api.request("GET", "/v1.0/healthz/outbound").status == 204)
        api.host.isServing = false
        let answer = try api.request("GET", "/v1.0/healthz/outbound")
        #expect(answer.status == 500)
        #expect(
            answer.body
                == #"{"errorCode":"ERR_OUTBOUND_HEALTH_NOT_READY","message":"dapr outbound is not ready"}"#)
    }

    @Test("metadata without an app, to the byte: what would be empty is left out")
    func bare() throws {
        let api = try APIHarness()
        let answer = try api.request("GET", "/v1.0/metadata")
        #expect(answer.status == 200 && answer.headers["content-type"] == "application/json")
        #expect(
            answer.body
                == #"{"id":"garage","runtimeVersion":"\#(Self.version)","extended":{"daprRuntimeVersion":"\#(Self.version)"},"#
                + #""actorRuntime":{"runtimeStatus":"DISABLED","hostReady":false},"#
                + #""scheduler":{"connected_addresses":["127.0.0.1:3500"]}}"#)
    }

    @Test("metadata with an app, its limits and its health checks, to the byte")
    func full() throws {
        let api = try APIHarness()
        var connection = AppConnection(port: 6200, protocol: "http", channelAddress: "127.0.0.1")
        api.host.connection = connection
        let short =
            #""appConnectionProperties":{"port":6200,"protocol":"http","channelAddress":"127.0.0.1"},"#
        #expect(try api.request("GET", "/v1.0/metadata").body.contains(short))
        connection.maxConcurrency = 7
        connection.health = AppConnection.Health(
            path: "/healthz", interval: .seconds(5), timeout: .milliseconds(500), threshold: 3)
        api.host.connection = connection
        let long =
            #""appConnectionProperties":{"port":6200,"protocol":"http","channelAddress":"127.0.0.1","maxConcurrency":7,"#
            + #""health":{"healthCheckPath":"/healthz","healthProbeInterval":"5s","healthProbeTimeout":"500ms","healthThreshold":3}},"#
        #expect(try api.request("GET", "/v1.0/metadata").body.contains(long))
    }

    @Test("what is put is shown under extended, in the order of the keys, escaped as Go does it")
    func put() throws {
        let api = try APIHarness()
        for (key, value) in [
            ("cliPID", "17"), ("appCommand", "node <app.js> & \"x\""), ("a%20b", ""), ("cliPID", "18"),
            ("daprRuntimeVersion", "9.9.9"),
        ] {
            let answer = try api.request("PUT", "/v1.0/metadata/\(key)", body: value)
            #expect(answer.status == 204 && answer.body.isEmpty)
        }
        let extended =
            #""extended":{"a b":"","appCommand":"node \u003capp.js\u003e \u0026 \"x\"","cliPID":"18","#
            + #""daprRuntimeVersion":"\#(Self.version)"},"#
        for open in [false, true] {
            #expect(try api.request("GET", "/v1.0/metadata", open: open).body.contains(extended))
        }
    }

    @Test("bytes that are no UTF-8 are shown as Go shows them")
    func brokenUTF8() throws {
        let api = try APIHarness()
        let head = "PUT /v1.0/metadata/k%FF HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n"
        let sent = api.exchange(Array(head.utf8) + [0x61, 0xFF, 0xC3, 0x62, 0xE2])
        #expect(String(decoding: sent, as: UTF8.self).hasPrefix("HTTP/1.1 204 "))
        let body = try api.request("GET", "/v1.0/metadata").body
        #expect(body.contains(#""k\ufffd":"a\ufffd\ufffdb\ufffd""#), "\(body)")
    }

    @Test("the count, the keys and the values of what is put are limited, and the limit is named")
    func limits() throws {
        let api = try APIHarness()
        func put(_ key: String, _ value: String) throws -> HTTPAnswer {
            try api.request("PUT", "/v1.0/metadata/\(key)", body: value)
        }
        #expect(try put(String(repeating: "k", count: 256), "v").status == 204)
        #expect(try put("v", String(repeating: "v", count: 64 << 10)).status == 204)
        let longKey = try put(String(repeating: "k", count: 257), "v")
        #expect(longKey.status == 400 && longKey.body.contains("at most 256"))
        let longValue = try put("v2", String(repeating: "v", count: 64 << 10 | 1))
        #expect(longValue.status == 400 && longValue.body.contains("at most 65536"))
        for index in 2..<128 { #expect(try put("k\(index)", "v").status == 204) }
        let more = try put("more", "v")
        #expect(more.status == 400)
        #expect(
            more.body
                == #"{"errorCode":"ERR_BAD_REQUEST","message":"metadata key \"more\": 128 are kept already"}"#
        )
        #expect(try put("k2", "again").status == 204)
        #expect(try put("%zz", "v").status == 400)
    }
}
