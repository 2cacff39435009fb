// What metrics cost on the way of a job. usage: MetricsBench [ROUNDS]
// Prints one line of JSON: nanoseconds for all that one trigger or one schedule records, turns of 1 and of 32 of them,
// on the bundled exporter; and what a page of it takes. The best of 15 runs each.
internal import CoreMetrics
internal import Glibc
internal import JobsRuntime
internal import Prometheus
internal import Reactor

/// A runtime's metrics on the bundled exporter, and what records into them.
struct MetricsBench {
    private let rounds: Int
    private let registry = PrometheusRegistry(MetricCatalogue.all)
    private let metrics: JobMetrics
    private let lateness: TurnHistogram
    private let trigger: JobTrigger
    private let began = WallTime(seconds: 1_795_521_600)

    init?(rounds: Int) {
        self.rounds = rounds
        guard let metrics = JobMetrics(registry, of: AppIdentity(appID: "bench")) else { return nil }
        self.metrics = metrics
        metrics.requests.watch(patterns: ["/v1.0/jobs/{name}"])
        lateness = metrics.triggers.lateness(ofRoute: "")
        trigger = JobTrigger(
            name: Array("bench".utf8), data: nil, runID: RunID(store: 1, generation: 1, tick: 1),
            plannedTime: began, attempt: 1, isLastAttempt: false)
    }

    /// What `JobExecutor` records of a trigger, and `AppReceiver` of one that goes to an app.
    private func recordTrigger(toApp: Bool) {
        if toApp { metrics.appCalls.answered(trigger, status: 200, now: began + .microseconds(700)) }
        metrics.triggers.ended(.succeeded, afterMilliseconds: 0.7)
        lateness.record(0.0006)
    }

    /// What `AppJobs` and the server record of a schedule.
    private func recordSchedule() {
        metrics.commands.created.add()
        metrics.requests.answered(
            AnsweredRequest(route: 0, method: .post, milliseconds: 1), with: .noContent)
    }

    /// Nanoseconds of one call of `body`, with the end of a turn after so many of them.
    private func measure(perTurn: Int, _ body: () -> Void) -> Double {
        var best = Double.infinity
        for _ in 0..<15 {
            let start = Self.nanoseconds()
            for _ in 0..<rounds / perTurn {
                for _ in 0..<perTurn { body() }
                metrics.endTurn()
            }
            best = min(best, Double(Self.nanoseconds() - start) / Double(rounds / perTurn * perTurn))
        }
        return best
    }

    func run() {
        var fields: [(String, Double)] = []
        for perTurn in [1, 32] {
            fields.append(
                (
                    "trigger_in_process_turn_\(perTurn)_ns",
                    measure(perTurn: perTurn) { recordTrigger(toApp: false) }
                ))
            fields.append(
                (
                    "trigger_to_app_turn_\(perTurn)_ns",
                    measure(perTurn: perTurn) { recordTrigger(toApp: true) }
                ))
            fields.append(("schedule_turn_\(perTurn)_ns", measure(perTurn: perTurn) { recordSchedule() }))
        }
        var bytes = 0
        var best = Double.infinity
        for _ in 0..<15 {
            let start = Self.nanoseconds()
            bytes = registry.page().count
            best = min(best, Double(Self.nanoseconds() - start))
        }
        fields.append(("page_us", best / 1000))
        fields.append(("page_bytes", Double(bytes)))
        let parts = fields.map { "\"\($0)\":\(($1 * 10).rounded() / 10)" }
        print("{\(parts.joined(separator: ","))}")
    }

    private static func nanoseconds() -> Int {
        var now = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        return now.tv_sec * 1_000_000_000 + now.tv_nsec
    }
}

let rounds = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 1_000_000
MetricsBench(rounds: rounds)?.run()
