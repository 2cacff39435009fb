/// Every metric of the runtime, once: those that Dapr's dashboards know (contract, section 8.2), and ours beside them.
///
/// docs/metrics.md says what each means; a test holds the two together.
package enum MetricCatalogue {
    private static let type = ["type"]
    private static let component = ["app_id", "namespace", "operation"]
    private static let http = ["app_id", "method", "path", "status"]
    private static let app = ["app_id"]
    private static let route = ["app_id", "route"]

    /// Dapr's bounds for latencies, in milliseconds.
    static let latencyMilliseconds: [Double] = [
        1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 30, 40, 50, 65, 80, 100, 130, 160, 200, 250, 300, 400, 500,
        650,
        800, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000,
    ]
    private static let latenessSeconds: [Double] = [
        0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600,
    ]
    private static let commitSeconds: [Double] = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5,
    ]
    private static let lagSeconds: [Double] = [
        0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5,
    ]

    // MARK: Dapr's scheduler

    static let sidecarsConnected = MetricDefinition(
        "dapr_scheduler_sidecars_connected", .gauge, "Receivers of triggers that can be reached.")
    static let created = MetricDefinition(
        "dapr_scheduler_jobs_created_total", .counter, labels: type, "Jobs that were scheduled.")
    static let createdFailed = MetricDefinition(
        "dapr_scheduler_jobs_created_failed_total", .counter, labels: type,
        "Jobs that were to be scheduled, and were not: the name is taken, or the store had no room or failed."
    )
    static let deleted = MetricDefinition(
        "dapr_scheduler_jobs_deleted_total", .counter, labels: type,
        "Deletes that succeeded, those of jobs that were not there included.")
    static let bulkDeleted = MetricDefinition(
        "dapr_scheduler_jobs_bulk_deleted_total", .counter,
        "Deletes of many jobs at once: operations, not jobs.")
    static let triggered = MetricDefinition(
        "dapr_scheduler_jobs_triggered_total", .counter, labels: type,
        "Triggers that succeeded, those that the app answered with 404 included.")
    static let failed = MetricDefinition(
        "dapr_scheduler_jobs_failed_total", .counter, labels: type, "Attempts that failed.")
    static let undelivered = MetricDefinition(
        "dapr_scheduler_jobs_undelivered_total", .counter, labels: type,
        "Triggers whose receiver could not be reached; they are held and burn no attempt.")
    static let triggerLatency = MetricDefinition(
        "dapr_scheduler_trigger_latency", .histogram([100, 500, 1000, 5000, 10_000]), labels: type,
        "From the moment a trigger is sent to its result, in milliseconds.")

    // MARK: Dapr's sidecar

    static let jobSuccess = MetricDefinition(
        "dapr_component_job_success_count", .counter, labels: component,
        "Triggers that the app answered with success.")
    static let jobFailure = MetricDefinition(
        "dapr_component_job_failure_count", .counter, labels: component,
        "Triggers that the app answered with anything else, 404 included; not those without an answer.")
    static let jobLatencies = MetricDefinition(
        "dapr_component_job_latencies", .histogram(latencyMilliseconds), labels: component + ["success"],
        "From the moment a trigger is sent to the app's answer, in milliseconds.")
    static let errorCode = MetricDefinition(
        "dapr_error_code_total", .counter, labels: ["app_id", "error_code", "category"],
        "Errors that the API answered with, by their code.")
    static let serverRequests = MetricDefinition(
        "dapr_http_server_request_count", .counter, labels: http, "Requests to the API that were answered.")
    static let serverLatency = MetricDefinition(
        "dapr_http_server_latency", .histogram(latencyMilliseconds), labels: http,
        "From a request's last byte to its answer, in milliseconds.")
    static let clientRequests = MetricDefinition(
        "dapr_http_client_completed_count", .counter, labels: http, "Triggers that the app answered.")
    static let clientLatency = MetricDefinition(
        "dapr_http_client_roundtrip_latency", .histogram(latencyMilliseconds), labels: http,
        "From the moment a trigger is sent to the app's answer, in milliseconds.")

    // MARK: Ours: triggers

    static let lateness = MetricDefinition(
        "jobs_lateness_seconds", .histogram(latenessSeconds), labels: route,
        "From a tick's planned time to the moment its first attempt was sent; once a tick.")
    static let triggers = MetricDefinition(
        "mainspring_triggers_total", .counter, labels: ["outcome"], "Triggers by their outcome.")
    static let givenUp = MetricDefinition(
        "mainspring_ticks_given_up_total", .counter, "Ticks that failed at their last attempt.")
    static let oldestOverdue = MetricDefinition(
        "jobs_oldest_overdue_seconds", .gauge, labels: app,
        "How long the oldest tick is overdue that could have been sent, had there been a free slot.")
    static let running = MetricDefinition(
        "jobs_running", .gauge, labels: route, "Triggers that are out.")
    static let backlog = MetricDefinition(
        "jobs_backlog", .gauge, labels: route, "Due jobs that wait for a free slot.")
    static let held = MetricDefinition(
        "jobs_held", .gauge, labels: route,
        "Due jobs that wait for a receiver that cannot be reached.")
    static let retrying = MetricDefinition(
        "jobs_retrying", .gauge, labels: app, "Jobs in memory whose next attempt is not their tick's first.")
    static let unrouted = MetricDefinition(
        "jobs_unrouted", .gauge, labels: app, "Due jobs that wait for a route.")
    static let unreadable = MetricDefinition(
        "jobs_unreadable", .gauge, labels: app, "Due jobs whose record cannot be read; they are kept.")

    // MARK: Ours: the host

    static let loopLag = MetricDefinition(
        "loop_lag_seconds", .histogram(lagSeconds), "How late the event loop came to its timers.")
    static let commitTime = MetricDefinition(
        "store_commit_seconds", .histogram(commitSeconds),
        "What a commit of the store took, its sync included.")
    static let storeFault = MetricDefinition(
        "store_fault", .gauge, "1 while the store is at fault and being opened again, else 0.")
    static let unsettled = MetricDefinition(
        "mainspring_results_unsettled", .gauge, labels: app,
        "Results of runs that the store has not committed yet.")
    static let connectionsOpen = MetricDefinition(
        "mainspring_http_connections_open", .gauge, "Connections to the API that are open.")
    static let connectionsAccepted = MetricDefinition(
        "mainspring_http_connections_accepted_total", .counter, "Connections to the API that were taken.")
    static let connectionsRefused = MetricDefinition(
        "mainspring_http_connections_refused_total", .counter,
        "Connections to the API that were closed at once, as there were too many.")
    static let connectionsFailed = MetricDefinition(
        "mainspring_http_connections_failed_total", .counter,
        "Connections to the API that the system could not hand over.")
    static let malformed = MetricDefinition(
        "mainspring_http_requests_malformed_total", .counter,
        "Requests to the API that were malformed, too large or too slow.")
    static let linesDropped = MetricDefinition(
        "mainspring_log_lines_dropped_total", .counter, labels: ["stream"],
        "Lines that were dropped as their reader was too slow.")

    /// All of them.
    package static let all: [MetricDefinition] = [
        sidecarsConnected, created, createdFailed, deleted, bulkDeleted, triggered, failed, undelivered,
        triggerLatency, jobSuccess, jobFailure, jobLatencies, errorCode, serverRequests, serverLatency,
        clientRequests, clientLatency, lateness, triggers, givenUp, oldestOverdue, running, backlog, held,
        retrying,
        unrouted, unreadable, loopLag, commitTime, storeFault, unsettled, connectionsOpen,
        connectionsAccepted,
        connectionsRefused, connectionsFailed, malformed, linesDropped,
    ]
}
