internal import ArgumentParser
internal import JobsRuntime
internal import Reactor

/// `mainspring jobs preview`: the next ticks of a schedule, without a host.
struct JobsPreview: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview",
        abstract: "Show when a schedule fires next, in its zone and in UTC. Needs no host.",
        discussion: """
            The ticks are those that a host plans for a job that it accepts now, or at --from. Each change of the zone's \
            clocks on the way is noted.
            """)

    @Argument(
        help: "Six cron fields, a descriptor such as @daily, or @every and a duration; perhaps after TZ=ZONE."
    )
    var schedule: String

    @Option(help: "How many ticks, 1 to 1000.")
    var count = 10

    @Option(
        help: "The zone whose clocks the schedule is read on; the same as a prefix TZ=ZONE. (default: UTC)")
    var zone: String?

    @Option(
        parsing: .unconditional,
        help: "When the first tick is: a duration from now, or an instant in RFC 3339.")
    var dueTime: String?

    @Option(
        parsing: .unconditional,
        help: "After which no tick is: a duration from the first tick, or an instant.")
    var ttl: String?

    @Option(help: "How many ticks the job has at most.")
    var repeats: UInt32?

    @Option(help: "When the job is accepted, in RFC 3339. (default: now)")
    var from: String?

    @Flag(
        name: .customLong("json"), help: "A JSON array: planned, local, offsetSeconds and note of each tick.")
    var isJSON = false

    func validate() throws {
        guard TickPreview.counts.contains(count) else {
            throw ValidationError("--count \(count) is out of range: use 1 to 1000")
        }
        if let from, RFC3339.instant(from) == nil {
            throw ValidationError(
                "--from \"\(from)\" is no instant in RFC 3339, such as 2026-11-24T12:00:00Z")
        }
    }

    func run() async throws {
        let request = TickPlan.Request(schedule: schedule, dueTime: dueTime, repeats: repeats, ttl: ttl)
        let preview: TickPreview
        do {
            preview = try TickPreview(request, zone: zone, count: count, from: start)
        } catch {
            throw ValidationError(error.message)
        }
        print(isJSON ? preview.json : preview.table)
    }

    /// The moment of acceptance; of now the millisecond is enough.
    private var start: WallTime {
        let given = from.flatMap { RFC3339.instant($0) }
        let now = WallTime(millisecondsSinceEpoch: SystemClock().wallNow.millisecondsSinceEpoch)
        return max(given ?? now, Schedule.startOfTime)
    }
}
