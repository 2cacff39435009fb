import CoreMetrics
import JobsRuntime
import MetricsTestKit
import TestKit
import Testing

@Suite("Metrics of the API, over a real socket")
struct RequestMetricsTests {
    /// Has `talk` speak to a runtime, and then `check` look at what that has counted: one that stops gives its metrics
    /// back.
    private func serve(
        _ talk: @escaping @Sendable (HTTPConnection) throws -> Void, check: (TestMetrics) throws -> Void
    ) async throws {
        let metrics = TestMetrics()
        var options = JobsRuntime.Options(dataDirectory: nil, appID: "garage")
        options.listen = "127.0.0.1:0"
        options.metrics = metrics
        let runtime = try JobsRuntime(options)
        try await runtime.start()
        let address = try #require(await runtime.address)
        let port = try #require(UInt16(address.split(separator: ":").last ?? ""))
        do {
            try await OwnThread.run { try talk(try HTTPConnection(port: port)) }
            await runtime.refreshMetrics()
            try check(metrics)
        } catch {
            await runtime.stop()
            throw error
        }
        await runtime.stop()
        #expect(metrics.counters.isEmpty)
    }

    private func labels(_ method: String, _ path: String, _ status: Int) -> [(String, String)] {
        [("app_id", "garage"), ("method", method), ("path", path), ("status", "\(status)")]
    }

    @Test("requests are counted by method, pattern and status: no name of a job is a label")
    func requests() async throws {
        try await serve { connection in
            for name in ["a", "b", "b"] {
                _ = try connection.request("POST", "/v1.0/jobs/\(name)", body: #"{"dueTime":"1h"}"#)
            }
            _ = try connection.request("GET", "/v1.0/jobs/nobody")
            _ = try connection.request("GET", "/v1.0/healthz/outbound")
            _ = try connection.request("GET", "/no/such/route")
        } check: { metrics in
            let name = "dapr_http_server_request_count"
            let jobs = "/v1.0/jobs/{name}"
            #expect(metrics.counterTotal(label: name, dimensions: labels("POST", jobs, 204)) == 2)
            #expect(metrics.counterTotal(label: name, dimensions: labels("POST", jobs, 409)) == 1)
            #expect(metrics.counterTotal(label: name, dimensions: labels("GET", jobs, 500)) == 1)
            #expect(
                metrics.counterTotal(label: name, dimensions: labels("GET", "/v1.0/healthz/outbound", 204))
                    == 1)
            #expect(metrics.counterTotal(label: name, dimensions: labels("GET", "", 404)) == 1)
            #expect(metrics.counters(label: name).count == 5)
            let latencies = metrics.recorders(label: "dapr_http_server_latency")
            #expect(latencies.reduce(0) { $0 + $1.values.count } == 6)
        }
    }

    @Test("errors are counted by their code, and Dapr's category of it")
    func errors() async throws {
        try await serve { connection in
            _ = try connection.request("GET", "/v1.0/jobs/nobody")
            _ = try connection.request("GET", "/v1.0/jobs/nobody")
            _ = try connection.request("POST", "/v1.0/jobs/a", body: "{")
            _ = try connection.request("GET", "/")
            _ = try connection.request("GET", "/v1.0/healthz?appid=other")
        } check: { metrics in
            let errors = [
                ("DAPR_SCHEDULER_GET_JOB", "job", 2), ("ERR_MALFORMED_REQUEST", "common", 1),
                ("ERR_DIRECT_INVOKE", "service-invocation", 1), ("ERR_HEALTH_APPID_NOT_MATCH", "health", 1),
            ]
            for (code, category, count) in errors {
                let labels = [("app_id", "garage"), ("error_code", code), ("category", category)]
                #expect(
                    metrics.counterTotal(label: "dapr_error_code_total", dimensions: labels) == Int64(count),
                    "\(code)")
            }
        }
    }

    @Test("connections are counted, and what of them was malformed")
    func connections() async throws {
        try await serve { connection in
            try connection.send(raw: "nonsense\r\n\r\n")
            _ = try connection.receive()
        } check: { metrics in
            #expect(metrics.counterTotal(label: "mainspring_http_connections_accepted_total") == 1)
            #expect(metrics.counterTotal(label: "mainspring_http_connections_refused_total") == 0)
            #expect(metrics.counterTotal(label: "mainspring_http_connections_failed_total") == 0)
            #expect(metrics.counterTotal(label: "mainspring_http_requests_malformed_total") == 1)
            #expect(metrics.meters(label: "mainspring_http_connections_open").count == 1)
            let dropped = metrics.counters(label: "mainspring_log_lines_dropped_total")
            #expect(Set(dropped.compactMap { $0.dimensions.first?.1 }) == ["stdout", "stderr"])
        }
    }

    @Test("without a backend of its own a runtime takes the process's, as it is at the start")
    func processBackend() async throws {
        let metrics = TestMetrics()
        var options = JobsRuntime.Options(dataDirectory: nil, appID: "garage")
        options.listen = nil
        let runtime = try JobsRuntime(options)
        try await withMetricsFactory(metrics) { try await runtime.start() }
        #expect(metrics.counters(label: "dapr_scheduler_jobs_created_total").count == 1)
        await runtime.stop()
        #expect(metrics.counters.isEmpty)
    }

    @Test("/livez and /readyz are on the API's port")
    func health() async throws {
        try await serve { connection in
            let live = try connection.request("GET", "/livez")
            #expect(live.status == 200)
            #expect(live.body == #"{"live":true}"#)
            let ready = try connection.request("GET", "/readyz")
            #expect(ready.status == 200)
            #expect(ready.headers["content-type"] == "application/json")
            #expect(ready.body.hasPrefix(#"{"ready":true,"checks":{"serving":{"ok":true}"#))
        } check: { _ in
        }
    }
}
