import CoreMetrics
import JobsRuntime
import MetricsTestKit
import Reactor
import TestKit
import Testing

@Suite("Metrics of jobs: the names and labels of the contract's 8.2, and ours")
struct JobMetricsTests {
    private static let job = [("type", "job")]

    private let metrics: TestMetrics
    private let harness: JobsHarness
    private let receiver: RecordingReceiver

    init() throws {
        metrics = TestMetrics()
        harness = try JobsHarness(metrics: metrics)
        receiver = RecordingReceiver(harness)
        harness.route("", to: receiver)
        harness.begin()
    }

    private func total(_ label: String, _ dimensions: [(String, String)] = job) -> Int64 {
        metrics.counterTotal(label: label, dimensions: dimensions)
    }

    private func gauge(_ label: String, _ dimensions: [(String, String)] = []) -> Double? {
        harness.refreshMetrics()
        return metrics.meters(label: label, dimensions: dimensions).first?.lastValue
    }

    private func values(_ label: String, _ dimensions: [(String, String)] = []) -> [Double] {
        metrics.recorders(label: label, dimensions: dimensions).first?.values ?? []
    }

    private func outcomes() -> [String: Int64] {
        let names = ["succeeded", "failed", "cancelled", "snoozed", "undeliverable"]
        return Dictionary(
            uniqueKeysWithValues: names.map { ($0, total("mainspring_triggers_total", [("outcome", $0)])) })
    }

    @Test("every counter with fixed labels is there from the start, at nought")
    func fromTheStart() {
        for name in ["created", "created_failed", "deleted", "triggered", "failed", "undelivered"] {
            let counters = metrics.counters(
                label: "dapr_scheduler_jobs_\(name)_total", dimensions: Self.job)
            #expect(counters.count == 1, "\(name)")
        }
        #expect(
            metrics.counters(label: "dapr_scheduler_jobs_bulk_deleted_total").map(\.dimensions.count) == [0])
    }

    @Test("histograms of Dapr's names have Dapr's bounds, in milliseconds")
    func bounds() throws {
        let names = [
            "dapr_scheduler_trigger_latency", "dapr_component_job_latencies", "dapr_http_server_latency",
            "dapr_http_client_roundtrip_latency",
        ]
        for name in names {
            let metric = try #require(MetricCatalogue.all.first { $0.name == name })
            guard case .histogram(let bounds) = metric.kind else {
                Issue.record("\(name) is a \(metric.kind)")
                continue
            }
            if name == "dapr_scheduler_trigger_latency" {
                #expect(bounds == [100, 500, 1000, 5000, 10_000])
            } else {
                #expect(
                    bounds.prefix(19) == [
                        1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 30, 40, 50, 65, 80, 100, 130,
                    ])
                #expect(bounds.last == 100_000)
            }
        }
    }

    @Test("a job that is scheduled counts as created, one whose name is taken as failed")
    func created() throws {
        _ = try harness.schedule("a", #"{"dueTime":"1h"}"#)
        _ = try harness.schedule("a", #"{"dueTime":"1h"}"#)
        _ = try harness.schedule("a", #"{"dueTime":"1h","overwrite":true}"#)
        #expect(total("dapr_scheduler_jobs_created_total") == 2)
        #expect(total("dapr_scheduler_jobs_created_failed_total") == 1)
    }

    @Test("a job that the store could not take counts as failed")
    func createdFailed() throws {
        harness.store.fault = .init(Garage.full, .beforeWriting)
        _ = try harness.schedule("a", #"{"dueTime":"1h"}"#)
        #expect(total("dapr_scheduler_jobs_created_total") == 0)
        #expect(total("dapr_scheduler_jobs_created_failed_total") == 1)
    }

    @Test("deletes count, those of absent jobs too")
    func deleted() throws {
        _ = try harness.schedule("a", #"{"dueTime":"1h"}"#)
        _ = harness.delete("a")
        _ = harness.delete("nobody")
        #expect(total("dapr_scheduler_jobs_deleted_total") == 2)
    }

    @Test(
        "each outcome has its counter",
        arguments: [
            (.succeeded, "succeeded", "triggered"), (.failed(reason: "no"), "failed", "failed"),
            (.cancelled(reason: "no"), "cancelled", nil), (.snoozed(.seconds(3600)), "snoozed", nil),
            (.undeliverable, "undeliverable", "undelivered"),
        ] as [(TriggerOutcome, String, String?)])
    func outcomes(outcome: TriggerOutcome, label: String, dapr: String?) throws {
        receiver.answer = { _ in outcome }
        _ = try harness.schedule("a", #"{"dueTime":"1s"}"#)
        harness.advance(milliseconds: 1500)
        var expected =
            ["succeeded": 0, "failed": 0, "cancelled": 0, "snoozed": 0, "undeliverable": 0] as [String: Int64]
        expected[label] = 1
        #expect(outcomes() == expected)
        for name in ["triggered", "failed", "undelivered"] {
            #expect(total("dapr_scheduler_jobs_\(name)_total") == (name == dapr ? 1 : 0), "\(name)")
        }
    }

    @Test("the latency of a trigger is from sending to result, in milliseconds")
    func latency() throws {
        receiver.answer = { _ in nil }
        _ = try harness.schedule("a", #"{"dueTime":"1s"}"#)
        harness.advance(milliseconds: 1000)
        harness.advance(milliseconds: 250)
        harness.driver.onLoop { receiver.finish(receiver.deliveries[0], .succeeded) }
        #expect(values("dapr_scheduler_trigger_latency", Self.job) == [250])
    }

    @Test("a tick's lateness counts once, at its first attempt, by route")
    func lateness() throws {
        receiver.answer = { $0.attempt == 1 ? .failed(reason: "once") : .succeeded }
        _ = try harness.schedule("a", #"{"dueTime":"1s"}"#)
        harness.advance(milliseconds: 5000)
        #expect(receiver.deliveries.count == 2)
        #expect(values("jobs_lateness_seconds", [("app_id", "garage"), ("route", "")]) == [0])
    }

    @Test("a tick that was held is as late as it was delivered")
    func latenessOfHeld() throws {
        var isDown = true
        receiver.answer = { _ in isDown ? .undeliverable : .succeeded }
        _ = try harness.schedule("a", #"{"dueTime":"1s"}"#)
        harness.advance(milliseconds: 1500)
        isDown = false
        harness.advance(milliseconds: 1500)
        #expect(receiver.deliveries.count == 2)
        #expect(values("jobs_lateness_seconds", [("app_id", "garage"), ("route", "")]) == [1])
    }

    @Test("a snoozed tick is not late again")
    func latenessOfSnoozed() throws {
        receiver.answer = { [receiver] _ in
            receiver.deliveries.count == 1 ? .snoozed(.seconds(60)) : .succeeded
        }
        _ = try harness.schedule("a", #"{"dueTime":"1s"}"#)
        harness.advance(milliseconds: 120_000)
        #expect(receiver.deliveries.count == 2)
        #expect(values("jobs_lateness_seconds", [("app_id", "garage"), ("route", "")]) == [0])
    }

    @Test("gauges show what runs, waits, is held and has no fault, by route")
    func gauges() throws {
        receiver.slots = 2
        receiver.answer = { _ in nil }
        for index in 0..<5 { _ = try harness.schedule("job-\(index)", #"{"dueTime":"1s"}"#) }
        let dead = RecordingReceiver(harness)
        harness.route("dead-", to: dead)
        harness.driver.onLoop { dead.isAccepting = false }
        for index in 0..<3 { _ = try harness.schedule("dead-\(index)", #"{"dueTime":"1s"}"#) }
        harness.advance(milliseconds: 3000)
        #expect(gauge("jobs_running", [("app_id", "garage"), ("route", "")]) == 2)
        #expect(gauge("jobs_backlog", [("app_id", "garage"), ("route", "")]) == 3)
        #expect(gauge("jobs_held", [("app_id", "garage"), ("route", "")]) == 0)
        #expect(gauge("jobs_held", [("app_id", "garage"), ("route", "dead-")]) == 3)
        #expect(gauge("jobs_backlog", [("app_id", "garage"), ("route", "dead-")]) == 0)
        #expect(gauge("jobs_oldest_overdue_seconds", [("app_id", "garage")]) == 2)
        #expect(gauge("dapr_scheduler_sidecars_connected") == 1)
        #expect(gauge("store_fault") == 0)
        #expect(gauge("jobs_unrouted", [("app_id", "garage")]) == 0)
        #expect(gauge("jobs_unreadable", [("app_id", "garage")]) == 0)
        harness.driver.onLoop { dead.isAccepting = true }
        harness.advance(milliseconds: 10)
        #expect(gauge("jobs_held", [("app_id", "garage"), ("route", "dead-")]) == 0)
        #expect(gauge("dapr_scheduler_sidecars_connected") == 2)
    }

    @Test("a job between two attempts counts as retrying")
    func retrying() throws {
        receiver.answer = { _ in .failed(reason: "no") }
        _ = try harness.schedule("a", #"{"dueTime":"1s"}"#)
        harness.advance(milliseconds: 1500)
        #expect(gauge("jobs_retrying", [("app_id", "garage")]) == 1)
    }

    @Test("a fault of the store, its commits and what waits for them are seen")
    func store() throws {
        _ = try harness.schedule("a", #"{"dueTime":"1s"}"#)
        #expect(values("store_commit_seconds").count == 1)
        harness.driver.setWorker("store-writer", isPaused: true)
        harness.advance(milliseconds: 1000)
        #expect(gauge("mainspring_results_unsettled", [("app_id", "garage")]) == 1)
        harness.store.fault = .init(Garage.full, .beforeWriting)
        harness.driver.setWorker("store-writer", isPaused: false)
        harness.advance(milliseconds: 20)
        #expect(gauge("store_fault") == 1)
    }

    @Test("the loop's lag is taken when a timer fires")
    func loopLag() throws {
        _ = try harness.schedule("a", #"{"dueTime":"1s"}"#)
        harness.advance(milliseconds: 1000)
        let lags = values("loop_lag_seconds")
        #expect(!lags.isEmpty)
        #expect(lags.allSatisfy { $0 == 0 })
    }

    @Test("what the app answers is counted as Dapr's sidecar counts it: 404 is a failure there")
    func appCalls() throws {
        let calls = try #require(harness.metrics?.appCalls)
        let planned = JobsHarness.start
        let trigger = JobTrigger(
            name: Array("a".utf8), data: nil, runID: RunID(store: 1, generation: 1, tick: 1),
            plannedTime: planned,
            lateness: .seconds(1), attempt: 1, isLastAttempt: false)
        harness.driver.onLoop {
            for status in [200, 404, 500] {
                calls.answered(trigger, status: status, now: planned + .milliseconds(1025))
            }
        }
        let labels = [("app_id", "garage"), ("namespace", "default"), ("operation", "job_trigger_op")]
        #expect(total("dapr_component_job_success_count", labels) == 1)
        #expect(total("dapr_component_job_failure_count", labels) == 2)
        #expect(values("dapr_component_job_latencies", labels + [("success", "true")]) == [25])
        #expect(values("dapr_component_job_latencies", labels + [("success", "false")]) == [25, 25])
        for status in ["200", "404", "500"] {
            let http = [
                ("app_id", "garage"), ("method", "POST"), ("path", "/job/{name}"), ("status", status),
            ]
            #expect(total("dapr_http_client_completed_count", http) == 1)
            #expect(values("dapr_http_client_roundtrip_latency", http) == [25])
        }
    }

    @Test("an app that makes up statuses gets no more series than the limit")
    func statusLimit() throws {
        let calls = try #require(harness.metrics?.appCalls)
        let trigger = JobTrigger(
            name: Array("a".utf8), data: nil, runID: RunID(store: 1, generation: 1, tick: 1),
            plannedTime: JobsHarness.start, attempt: 1, isLastAttempt: false)
        harness.driver.onLoop {
            for status in 200..<600 { calls.answered(trigger, status: status, now: JobsHarness.start) }
        }
        let series = metrics.counters(label: "dapr_http_client_completed_count")
        #expect(series.count == AppCallMetrics.maximumStatuses + 1)
        #expect(series.reduce(0) { $0 + $1.totalValue } == 400)
    }

    @Test("where nobody listens there are no metrics at all")
    func nobody() throws {
        #expect(try JobsHarness(metrics: NOOPMetricsHandler.instance).metrics == nil)
    }

    @Test("a runtime that stops gives its metrics back")
    func close() async throws {
        let metrics = TestMetrics()
        var options = JobsRuntime.Options(dataDirectory: nil, appID: "garage")
        options.listen = "127.0.0.1:0"
        options.metrics = metrics
        let runtime = try JobsRuntime(options)
        try await runtime.start()
        #expect(!metrics.counters.isEmpty && !metrics.recorders.isEmpty && !metrics.meters.isEmpty)
        await runtime.stop()
        #expect(metrics.counters.isEmpty)
        #expect(metrics.recorders.isEmpty)
        #expect(metrics.meters.isEmpty)
    }
}
