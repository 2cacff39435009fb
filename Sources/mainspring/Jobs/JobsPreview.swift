internal import ArgumentParser
internal import JobsRuntime
internal import Reactor

/// `mainspring jobs preview`: the next ticks of a schedule, without a host, or of a job that a host has.
struct JobsPreview: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview",
        abstract: "Show when a schedule fires next, in its zone and in UTC. Needs no host but for --job.",
        discussion: """
            The ticks are those that a host plans for a job that it accepts now, or at --from. Each change of the zone's \
            clocks on the way is noted.
            """)

    @Argument(
        help: "Six cron fields, a descriptor such as @daily, or @every and a duration; perhaps after TZ=ZONE."
    )
    var schedule: String?

    @Option(help: "Preview this job of a host, from where it stands.")
    var job: String?

    @OptionGroup var host: HostFlags

    @Option(help: "How many ticks, 1 to 1000.")
    var count = 10

    @Option(
        help: "The zone whose clocks the schedule is read on; the same as a prefix TZ=ZONE. (default: UTC)")
    var zone: String?

    @Option(
        name: [.customLong("due-time"), .customLong("due")], parsing: .unconditional,
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
        let isPlanned = schedule != nil || dueTime != nil
        if job != nil, isPlanned || zone != nil || ttl != nil || repeats != nil || from != nil {
            throw ValidationError(
                "--job takes its schedule from the host: leave out the schedule and what belongs to it")
        }
        if job == nil, !isPlanned {
            throw ValidationError("there is nothing to preview: give a SCHEDULE, --due-time or --job NAME")
        }
        if let from, RFC3339.instant(from) == nil {
            throw ValidationError(
                "--from \"\(from)\" is no instant in RFC 3339, such as 2026-11-24T12:00:00Z")
        }
    }

    func run() async throws {
        if let job { return try await previewSaved(job) }
        let request = TickPlan.Request(schedule: schedule, dueTime: dueTime, repeats: repeats, ttl: ttl)
        let preview: TickPreview
        do {
            preview = try TickPreview(request, zone: zone, count: count, from: start)
        } catch {
            throw ValidationError(error.message)
        }
        print(isJSON ? preview.json : preview.table)
    }

    private func previewSaved(_ name: String) async throws {
        let client = try HostClient(await host.find())
        let answer = try await client.ask(
            "GET", "/mainspring/v1/jobs/\(PercentText.encoded(name))/preview?count=\(count)")
        guard let fields = JSONFields(answer, ["zone", "ticks", "complete"]),
            let ticks = fields.slice("ticks")
        else {
            throw HostFailure("the host's answer is no preview")
        }
        if isJSON { return OutputLines.write(TerminalText.visible(json: ticks)) }
        let rows = fields.elements("ticks").compactMap { Self.row($0) }
        let preview = TickPreview(
            zone: fields.text("zone") ?? "", start: start, rows: rows,
            isComplete: fields.raw("complete") == "true")
        OutputLines.write(TerminalText.visible(lines: preview.table))
    }

    private static func row(_ tick: [UInt8]) -> TickPreview.Row? {
        guard let fields = JSONFields(tick, ["number", "planned", "offsetSeconds", "note"]),
            let number = fields.raw("number").flatMap(UInt64.init),
            let planned = fields.text("planned").flatMap({ RFC3339.instant($0) }),
            let offset = fields.raw("offsetSeconds").flatMap(Int64.init)
        else { return nil }
        return TickPreview.Row(number: number, planned: planned, offset: offset, note: fields.text("note"))
    }

    /// The moment of acceptance; of now the millisecond is enough.
    private var start: WallTime {
        let given = from.flatMap { RFC3339.instant($0) }
        let now = WallTime(millisecondsSinceEpoch: SystemClock().wallNow.millisecondsSinceEpoch)
        return max(given ?? now, Schedule.startOfTime)
    }
}
