internal import ArgumentParser
internal import Glibc
internal import Reactor

/// `mainspring jobs watch`: a line for each firing, as it happens.
struct JobsWatch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Show each firing as it happens: how late, which attempt, what became of it.",
        discussion: "Ctrl-C ends it, with status 130. When the host ends it, the status is 1.")

    @Option(help: "Watch only the jobs whose names begin so.")
    var prefix = ""

    @OptionGroup var host: HostFlags

    @Flag(name: .customLong("json"), help: "Print a JSON object on each line.")
    var isJSON = false

    func run() async throws {
        let client = try HostClient(await host.find())
        // The loop must not wait for a slow terminal: the queue drops lines then, and says how many.
        let output = LineQueue.standardOutput
        output.whenBroken { Glibc.exit(0) }
        let printer = FiringPrinter(isJSON: isJSON, colours: .standardOutput)
        if !isJSON { output.write(FiringPrinter.heading) }
        try await client.listen("/mainspring/v1/events?prefix=\(PercentText.encoded(prefix))") { event in
            guard let line = printer.line(event) else { return }
            output.write(line, notice: printer.notice)
        }
        throw HostFailure("the host has ended the events: it has stopped, or is about to")
    }
}

/// Words events for a person, or hands on their JSON.
struct FiringPrinter: Sendable {
    let isJSON: Bool
    let colours: Colours

    static let heading = head("FIRED", "NAME", "PLANNED", "LATE", "ATTEMPT") + "OUTCOME"
    private static let fields = [
        "name", "planned", "fired", "lateMilliseconds", "attempt", "outcome", "reason", "next", "count",
    ]

    /// The line of an event; `nil` for one that this version does not know.
    func line(_ event: ServerEvent) -> String? {
        guard event.name == "fired" || event.name == "dropped",
            let fields = JSONFields(event.data, Self.fields)
        else { return nil }
        if event.name == "dropped" {
            let count = fields.raw("count") ?? "?"
            return isJSON
                ? #"{"dropped":\#(count)}"# : "(\(count) firings not shown: the reader was too slow)"
        }
        return isJSON ? TerminalText.visible(json: event.data) : text(fields)
    }

    /// What a reader finds where lines were dropped on this side.
    func notice(dropped count: Int) -> String {
        isJSON ? #"{"dropped":\#(count)}"# : LineQueue.notice(dropped: count)
    }

    private func text(_ event: JSONFields) -> String {
        let outcome = event.text("outcome") ?? ""
        var rest = event.text("reason").map { TerminalText.visible($0) } ?? ""
        if let next = event.text("next") {
            rest += (rest.isEmpty ? "" : "; ") + "next " + LocalTime.distance(to: next)
        }
        let head = Self.head(
            LocalTime.clock(event.text("fired") ?? ""), TerminalText.visible(event.text("name") ?? ""),
            LocalTime.clock(event.text("planned") ?? ""), (event.raw("lateMilliseconds") ?? "") + " ms",
            event.raw("attempt") ?? "")
        let shown = TerminalText.visible(outcome)
        return head + colours.paint(rest.isEmpty ? shown : shown.padded(to: 13), Self.colour(outcome)) + rest
    }

    private static func head(
        _ fired: String, _ name: String, _ planned: String, _ late: String, _ attempt: String
    ) -> String {
        fired.padded(to: 14) + name.padded(to: 24) + " " + planned.padded(to: 14) + late.padded(to: 14)
            + attempt.padded(to: 9)
    }

    private static func colour(_ outcome: String) -> Colours.Colour? {
        switch outcome {
        case "succeeded": .green
        case "failed", "cancelled": .red
        default: .yellow
        }
    }
}
