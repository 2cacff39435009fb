internal import ArgumentParser

/// `mainspring jobs list`: the jobs of an app, page by page.
struct JobsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List jobs in the order of their names, with how they stand.")

    @Option(help: "List only the jobs whose names begin so.")
    var prefix = ""

    @OptionGroup var host: HostFlags

    @Flag(name: .customLong("json"), help: "Print one JSON array, with a job on each line.")
    var isJSON = false

    private static let fields = [
        "name", "state", "next", "nextAttempt", "ticks", "attempts", "schedule", "repeats", "error",
    ]
    private static let headings = ["NAME", "STATE", "NEXT", "WHEN", "TICKS", "SCHEDULE"]

    func run() async throws {
        let client = try HostClient(await host.find())
        var table = TextTable(Self.headings)
        var cursor: String?
        var count = 0
        if isJSON { OutputLines.write("[") }
        repeat {
            var target = "/mainspring/v1/jobs?limit=1000&prefix=\(PercentText.encoded(prefix))"
            if let cursor { target += "&cursor=\(cursor)" }
            guard let page = JSONFields(try await client.ask("GET", target), ["jobs", "cursor"]) else {
                throw HostFailure("the host's answer is no JSON object")
            }
            let jobs = page.elements("jobs")
            cursor = page.text("cursor").map { PercentText.encoded($0) }
            if isJSON {
                for (index, job) in jobs.enumerated() {
                    let isLast = cursor == nil && index == jobs.count - 1
                    OutputLines.write(TerminalText.visible(json: job) + (isLast ? "" : ","))
                }
            } else {
                show(jobs, isFirst: count == 0, &table)
            }
            count += jobs.count
        } while cursor != nil
        if isJSON { return OutputLines.write("]") }
        if count == 0 { OutputLines.write("There are no jobs" + (prefix.isEmpty ? "." : " that begin so.")) }
    }

    /// Prints a page; the columns keep at least the width that pages before had.
    private func show(_ jobs: [[UInt8]], isFirst: Bool, _ table: inout TextTable) {
        let rows = jobs.compactMap { JSONFields($0, Self.fields) }.map(Self.row)
        for row in rows { table.fit(row) }
        if isFirst, !rows.isEmpty { OutputLines.write(table.line(Self.headings)) }
        let colours = Colours.standardOutput
        for row in rows {
            let line = table.line(row)
            OutputLines.write(row[1].hasPrefix("waiting") ? line : colours.paint(line, Self.colour(row[1])))
        }
    }

    private static func row(_ job: JSONFields) -> [String] {
        let attempts = job.raw("attempts") ?? "0"
        let state = (job.text("state") ?? "") + (attempts == "0" ? "" : " (\(attempts))")
        let next = job.text("nextAttempt") ?? job.text("next") ?? ""
        let ticks = (job.raw("ticks") ?? "") + (job.raw("repeats").map { "/\($0)" } ?? "")
        return [
            TerminalText.visible(job.text("name") ?? ""), TerminalText.visible(state),
            next.isEmpty ? "" : LocalTime.text(next), LocalTime.distance(to: next), ticks,
            TerminalText.visible(job.text("schedule") ?? job.text("error") ?? "once"),
        ]
    }

    private static func colour(_ state: String) -> Colours.Colour? {
        switch state.prefix(while: { $0 != " " }) {
        case "retrying", "held", "unrouted": .yellow
        case "unreadable": .red
        case "running", "settling": .green
        default: nil
        }
    }
}
