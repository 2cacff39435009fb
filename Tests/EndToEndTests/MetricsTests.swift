internal import Glibc
import TestKit
import Testing

extension EndToEnd {
    /// What a real host tells of itself on its metrics port.
    @Suite("metrics and readiness")
    struct MetricsTests {
        /// The port that a host that was started with `--metrics-port 0` says it took.
        private static func metricsPort(of host: HostProcess) throws -> UInt16 {
            try host.process.waitForOutput(containing: "metrics are on http://", by: .seconds(30))
            let text = host.process.errorOutput
            let start = try #require(text.firstRange(of: "metrics are on http://127.0.0.1:")).upperBound
            return try #require(UInt16(text[start...].prefix { $0.isNumber }))
        }

        /// The value of a sample on the page, by its name and labels.
        private static func value(of sample: String, on page: String) -> Double? {
            for line in page.split(separator: "\n") where line.hasPrefix(sample + " ") {
                return Double(line.dropFirst(sample.utf8.count + 1))
            }
            return nil
        }

        @Test("the page shows what the host did, for handlers in the process and an app beside it")
        func page() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let app = try AppSink { call, _ in .status(call.job == "absent" ? 404 : 200) }
                var options = HostProcess.Options(dataFolder: data.path)
                options.appPort = app.port
                options.arguments = ["--route", "r2-=echo"]
                let host = try HostProcess.start(options)
                let connection = try host.connect()
                for name in ["a", "absent", "r2-d2"] {
                    #expect(try connection.schedule(name, #"{"dueTime":"1ms"}"#).status == 204)
                }
                for name in ["a", "absent"] { try app.wait(for: name) }
                let metrics = try HTTPConnection(port: Self.metricsPort(of: host))
                var answer = try metrics.request("GET", "/metrics")
                let triggered = #"dapr_scheduler_jobs_triggered_total{type="job"}"#
                try host.keepTrying("three triggers on the page", by: .seconds(30)) {
                    answer = try metrics.request("GET", "/metrics")
                    return Self.value(of: triggered, on: answer.body) == 3
                }
                #expect(answer.status == 200)
                #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
                let component = #"{app_id="test",namespace="default",operation="job_trigger_op"}"#
                let expected = [
                    (#"dapr_scheduler_jobs_created_total{type="job"}"#, 3),
                    ("dapr_component_job_success_count" + component, 1),
                    ("dapr_component_job_failure_count" + component, 1),
                    (
                        #"dapr_http_client_completed_count{app_id="test",method="POST",path="/job/{name}",status="404"}"#,
                        1
                    ),
                    (
                        #"dapr_http_server_request_count{app_id="test",method="POST",path="/v1.0/jobs/{name}",status="204"}"#,
                        3
                    ),
                    (#"jobs_lateness_seconds_count{app_id="test",route="r2-"}"#, 1),
                    (#"jobs_lateness_seconds_count{app_id="test",route=""}"#, 2),
                    ("dapr_scheduler_sidecars_connected", 2), ("store_fault", 0),
                ]
                for (sample, number) in expected {
                    #expect(Self.value(of: sample, on: answer.body) == Double(number), "\(sample)")
                }
                #expect(try metrics.request("GET", "/readyz").status == 200)
                #expect(try metrics.request("GET", "/livez").status == 200)
                #expect(try metrics.request("GET", "/v1.0/jobs/a").status == 404)
                let page = ["Origin: http://page.example"]
                for path in ["/metrics", "/readyz"] {
                    #expect(try metrics.request("GET", path, headers: page).status == 403)
                }
                try host.stop()
            }
        }

        @Test("curl finds the page, and a host stops while somebody looks at it")
        func curl() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let host = try HostProcess.start(.init(dataFolder: data.path))
                let port = try Self.metricsPort(of: host)
                let curl = try ChildProcess("/usr/bin/curl", ["-sSf", "http://127.0.0.1:\(port)/metrics"])
                #expect(try curl.waitForExit(by: .seconds(30)) == .status(0))
                #expect(curl.output.contains("# TYPE jobs_lateness_seconds histogram\n") == false)
                #expect(curl.output.contains("# TYPE store_commit_seconds histogram\n"))
                let watcher = try HTTPConnection(port: port)
                #expect(try watcher.request("GET", "/readyz").status == 200)
                try host.stop()
            }
        }

        @Test("a metrics port that was asked for and is taken ends the start, in one sentence")
        func takenPort() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let listener = try Listener(port: 0)
                let process = try ChildProcess(
                    Products.path(of: "mainspring"),
                    [
                        "serve", "--http-port", "0", "--data-dir", data.path, "--metrics-port",
                        "\(listener.port)",
                    ])
                try process.expectRefusal(status: 1, naming: ["\(listener.port)"])
            }
        }

        @Test("the standard port, taken by another, keeps no host from starting")
        func takenStandardPort() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                // Where somebody listens there already, that one will do.
                let listener = try? Listener(port: 9090)
                defer { _ = listener }
                var options = HostProcess.Options(dataFolder: data.path)
                options.metricsPort = nil
                let host = try HostProcess.start(options)
                try host.process.waitForOutput(
                    containing: "metrics are not served: cannot listen on 127.0.0.1:9090", by: .seconds(30))
                try host.stop()
            }
        }

        @Test("metrics can be turned off, as with Dapr's sidecar", arguments: ["false", "False", "0"])
        func disabled(word: String) async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                var options = HostProcess.Options(dataFolder: data.path)
                options.arguments = ["--enable-metrics=\(word)"]
                let host = try HostProcess.start(options)
                #expect(try host.connect().request("GET", "/readyz").status == 200)
                try host.stop()
                #expect(!host.process.errorOutput.contains("metrics are on"))
            }
        }
    }
}
