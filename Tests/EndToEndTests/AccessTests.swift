internal import Glibc
import TestKit
import Testing

extension EndToEnd {
    /// Who may call a host: tokens, ports and addresses (contract, section 7), as a person sets them.
    @Suite("access")
    struct AccessTests {
        private static let token = "s3cret-of-the-host"
        private static let body = #"{"dueTime":"1h"}"#

        @Test("a host with DAPR_API_TOKEN asks for it, and never says it, at any log level")
        func token() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                var options = HostProcess.Options(dataFolder: data.path)
                options.environment = ["DAPR_API_TOKEN": Self.token, "APP_API_TOKEN": "s3cret-of-the-app"]
                options.arguments = ["--log-level", "debug", "--app-port", "\(try FreePort.find())"]
                let host = try HostProcess.start(options)
                let connection = try host.connect()
                for header in [nil, "dapr-api-token: wrong", "dapr-api-token: \(Self.token)x"] {
                    let answer = try connection.request(
                        "POST", "/v1.0/jobs/x", headers: header.map { [$0] } ?? [], body: Self.body)
                    #expect(answer.status == 401 && answer.body == "invalid api token\n")
                }
                let headers = ["dapr-api-token: \(Self.token)"]
                #expect(
                    try connection.request("POST", "/v1.0/jobs/x", headers: headers, body: Self.body).status
                        == 204)
                #expect(try connection.request("GET", "/v1.0/jobs/y", headers: headers).status == 500)
                let metadata = try connection.request("GET", "/v1.0/metadata", headers: headers)
                #expect(metadata.status == 200 && !metadata.body.contains("s3cret"))
                try host.stop()
                let printed = host.process.output + host.process.errorOutput
                #expect(printed.contains("job not found: y"))
                #expect(!printed.contains("s3cret"))
            }
        }

        @Test("a token or a namespace that cannot be honoured is one sentence and exit 2")
        func refused() async throws {
            try await OwnThread.run {
                for (name, value) in [
                    ("DAPR_API_TOKEN", "s3cret with blanks"), ("DAPR_API_TOKEN", "s3crét"), ("NAMESPACE", ""),
                ] {
                    let data = try TemporaryFolder()
                    var options = HostProcess.Options(dataFolder: data.path)
                    options.environment = [name: value]
                    let host = try HostProcess(options)
                    try host.expectRefusal(status: 2, naming: [name])
                    #expect(!host.process.errorOutput.contains("s3cr"))
                }
            }
        }

        @Test("the namespace of the jobs is NAMESPACE's")
        func namespace() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                var options = HostProcess.Options(dataFolder: data.path)
                for namespace in ["prod", "default"] {
                    options.environment = ["NAMESPACE": namespace]
                    let host = try HostProcess.start(options)
                    #expect(try host.connect().schedule("x", Self.body).status == 204)
                    let again = try host.connect().schedule("x", Self.body)
                    #expect(again.status == 409)
                    #expect(again.body.contains("'app||\(namespace)||test||x'"), "\(again)")
                    try host.stop()
                }
            }
        }

        @Test("the public port answers health and metadata to all, and nothing else; the API's own asks on")
        func publicPort() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let port = try FreePort.find()
                var options = HostProcess.Options(dataFolder: data.path)
                options.environment = ["DAPR_API_TOKEN": Self.token, "NAMESPACE": "prod"]
                options.arguments = ["--dapr-public-port", "\(port)"]
                let host = try HostProcess.start(options)
                let connection = try HTTPConnection(port: port)
                #expect(try connection.request("GET", "/v1.0/healthz").status == 204)
                #expect(try connection.request("GET", "/v1.0/healthz/outbound").status == 204)
                let metadata = try connection.request("GET", "/v1.0/metadata")
                #expect(
                    metadata.status == 200 && metadata.body.hasPrefix(#"{"id":"test","runtimeVersion":""#))
                #expect(metadata.body.contains(#""connected_addresses":["127.0.0.1:\#(host.port)"]"#))
                #expect(try connection.request("POST", "/v1.0/jobs/x", body: Self.body).status == 404)
                #expect(try host.connect().request("GET", "/v1.0/metadata").status == 401)
                try host.stop()
                #expect((try? HTTPConnection(port: port)) == nil, "the port is free again")
            }
        }

        @Test("a host listens on each address of a list, in Dapr's spelling, with one port for all")
        func addresses() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                var options = HostProcess.Options(dataFolder: data.path)
                options.arguments = ["--dapr-listen-addresses", "127.0.0.1,127.0.0.2"]
                let host = try HostProcess.start(options)
                try host.process.waitForOutput(
                    containing: "the jobs API listens on http://127.0.0.2:\(host.port)", by: .seconds(30))
                let second = try HTTPConnection(port: host.port, number: 2)
                #expect(try second.request("GET", "/v1.0/healthz/outbound").status == 204)
                try host.stop()
            }
        }

        @Test("the app behind the host is in the metadata, and what the CLI puts there")
        func metadata() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                var options = HostProcess.Options(dataFolder: data.path)
                options.appPort = try FreePort.find()
                let host = try HostProcess.start(options)
                let connection = try host.connect()
                #expect(
                    try connection.request("PUT", "/v1.0/metadata/appCommand", body: "node app.js").status
                        == 204)
                let body = try connection.request("GET", "/v1.0/metadata").body
                #expect(body.contains(#""extended":{"appCommand":"node app.js","daprRuntimeVersion":""#))
                #expect(
                    body.contains(
                        #""appConnectionProperties":{"port":\#(options.appPort ?? 0),"protocol":"http","channelAddress":"127.0.0.1""#
                    ))
                try host.stop()
            }
        }

        @Test("the limits of head and body follow the flags")
        func sizes() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                var options = HostProcess.Options(dataFolder: data.path)
                options.arguments = ["--read-buffer-size", "16k", "--max-body-size", "1Ki"]
                let host = try HostProcess.start(options)
                let connection = try host.connect()
                let wide = "X-Wide: " + String(repeating: "x", count: 12_000)
                #expect(
                    try connection.request("POST", "/v1.0/jobs/x", headers: [wide], body: Self.body).status
                        == 204)
                let long = "{\"dueTime\":\"1h\",\"data\":\"\(String(repeating: "x", count: 1001))\"}"
                let answer = try connection.request("POST", "/v1.0/jobs/y", body: long)
                #expect(answer.status == 400 && answer.errorCode == "ERR_BODY_READ")
                let wider = "X-Wide: " + String(repeating: "x", count: 20_000)
                #expect(try host.connect().request("GET", "/", headers: [wider]).status == 431)
                try host.stop()
            }
        }

        @Test("a line of the log has Dapr's fields, and the API's have its scope")
        func logFields() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let host = try HostProcess.start(.init(dataFolder: data.path))
                _ = try host.connect().job("c-3po")
                try host.stop()
                let line = try #require(
                    host.process.errorLines.first { $0.contains("job not found: c-3po") })
                let start =
                    #" level=error msg="Error getting job c-3po due to: rpc error: code = NotFound desc = job not found: c-3po" app_id=test instance="#
                #expect(line.hasPrefix("time=\"") && line.contains(start), "\(line)")
                #expect(line.contains(" scope=dapr.api type=log ver="), "\(line)")
            }
        }
    }
}
