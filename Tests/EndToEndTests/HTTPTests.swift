internal import Glibc
import TestKit
import Testing

extension EndToEnd {
    /// HTTP as real clients speak it, and as nobody should.
    @Suite("HTTP")
    struct HTTPTests {
        private static func curl(_ words: [String]) throws -> (exit: ChildProcess.Exit, output: String) {
            let words = ["--silent", "--show-error", "--max-time", "30", "--include"] + words
            let curl = try ChildProcess(Products.tool("curl"), words, environment: ["NO_PROXY": "127.0.0.1"])
            let exit = try curl.waitForExit(by: .seconds(40))
            return (exit, curl.output + curl.errorOutput)
        }

        @Test(
            "curl gets its answer, however it asks",
            arguments: [
                [],
                ["--http1.0"],
                ["--http2"],
                ["-H", "Transfer-Encoding: chunked"],
                ["-H", "Expect: 100-continue"],
                ["-H", "Connection: close"],
                // What a JDK's client sends by default.
                [
                    "-H", "Connection: Upgrade, HTTP2-Settings", "-H", "Upgrade: h2c", "-H",
                    "HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA",
                ],
            ])
        func curl(words: [String]) async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let host = try HostProcess.start(.init(dataFolder: data.path))
                let url = "http://127.0.0.1:\(host.port)/v1.0/jobs/job"
                let body = ["--data", #"{"data":{"Value":"R2-D2:Oil Change"},"dueTime":"1h"}"#]
                let (exit, output) = try Self.curl(words + body + [url])
                #expect(exit == .status(0), "\(output)")
                #expect(output.contains("HTTP/1.1 204 "), "\(output)")
                #expect(!output.contains(" 101 "), "nobody switched protocols")
                #expect(try host.connect().job("job").body.contains("R2-D2:Oil Change"))
                try host.stop()
            }
        }

        @Test("a connection goes on after an upgrade that was not taken")
        func upgrade() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let host = try HostProcess.start(.init(dataFolder: data.path))
                let connection = try host.connect()
                let headers = [
                    "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c",
                    "HTTP2-Settings: AAMAAABkAAQBAAAAAAIAAAAA",
                ]
                for index in 0..<3 {
                    let answer = try connection.request(
                        "POST", "/v1.0/jobs/job-\(index)", headers: headers, body: #"{"dueTime":"1h"}"#)
                    #expect(answer.status == 204)
                }
                #expect(try connection.has("job-2"))
                try host.stop()
            }
        }

        @Test(
            "what is no HTTP is answered 400, and the connection is closed",
            arguments: [
                "nonsense\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX-Abc:\rxTransfer-Encoding: chunked\r\n\r\n",
                "POST /v1.0/jobs/x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /v1.0/jobs/x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
                "POST /v1.0/jobs/x HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
                "POST /v1.0/jobs/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
            ])
        func malformed(bytes: String) async throws {
            try await OwnThread.run { try Self.expectRefusal(of: bytes, status: 400) }
        }

        @Test("a version that is not known is answered 505, and the connection is closed")
        func unknownVersion() async throws {
            try await OwnThread.run {
                try Self.expectRefusal(of: "GET / HTTP/9.9\r\nHost: a\r\n\r\n", status: 505)
            }
        }

        private static func expectRefusal(of bytes: String, status: Int) throws {
            let data = try TemporaryFolder()
            let host = try HostProcess.start(.init(dataFolder: data.path))
            do {
                let connection = try host.connect()
                try connection.send(raw: bytes)
                let answer = try connection.receiveToEnd()
                #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
            }
            #expect(try host.connect().request("GET", "/v1.0/healthz/outbound").status == 204)
            try host.stop()
        }

        @Test("a thousand requests with random bytes changed leave the host well")
        func mutations() async throws {
            try await OwnThread.run {
                let seed = Seed.make("the mutation test")
                var random = SeededRandom(seed: seed)
                let data = try TemporaryFolder()
                let host = try HostProcess.start(.init(dataFolder: data.path))
                let fields =
                    #"{"data":{"Value":"R2-D2:Oil Change","n":[1,2.5e3,null]},"dueTime":"1h","overwrite":true}"#
                let head = "POST /v1.0/jobs/job HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                let request = Array((head + "Content-Length: \(fields.utf8.count)\r\n\r\n" + fields).utf8)
                for _ in 0..<1_000 {
                    var bytes = request
                    for _ in 0..<Int.random(in: 1...4, using: &random) {
                        let place = Int.random(in: 0..<bytes.count, using: &random)
                        switch Int.random(in: 0..<3, using: &random) {
                        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                        case 1: bytes.remove(at: place)
                        default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
                        }
                    }
                    let connection = try host.connect()
                    // The host may close before all is sent, and answer or not: what counts is that it lives.
                    if (try? connection.send(bytes)) != nil {
                        connection.finishSending()
                        _ = try? connection.receiveToEnd()
                    }
                }
                #expect(host.process.exit == nil)
                #expect(try host.connect().schedule("after", #"{"dueTime":"1h"}"#).status == 204)
                try host.stop()
            }
        }

        @Test("clients that vanish while their schedule is under way are no trouble")
        func vanishingClients() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let host = try HostProcess.start(.init(dataFolder: data.path))
                for index in 0..<200 {
                    let connection = try host.connect()
                    try connection.send("POST", "/v1.0/jobs/gone-\(index)", body: #"{"dueTime":"1h"}"#)
                    if index % 2 == 0 { connection.resetOnClose() }
                }
                #expect(try host.connect().schedule("after", #"{"dueTime":"1h"}"#).status == 204)
                try host.stop()
            }
        }

        @Test("a body over the limit is refused with the contract's error")
        func bodyTooLarge() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let host = try HostProcess.start(.init(dataFolder: data.path))
                let connection = try host.connect()
                let size = 5 * 1_024 * 1_024
                try connection.send(
                    raw: "POST /v1.0/jobs/x HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n\r\n")
                let answer = try connection.receive()
                #expect(answer.status == 400)
                #expect(answer.errorCode == "ERR_BODY_READ")
                try host.stop()
            }
        }
    }
}
