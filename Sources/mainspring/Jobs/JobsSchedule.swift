internal import ArgumentParser
internal import JobsRuntime

/// `mainspring jobs schedule`: one job, as `POST /v1.0/jobs/{name}` takes it.
struct JobsSchedule: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule", abstract: "Schedule a job, by a due time, a schedule or both.")

    @Argument(help: "The job's name.")
    var name: String

    @Option(
        name: [.customLong("due"), .customLong("due-time")], parsing: .unconditional,
        help: "When it fires first: a duration from now such as 2s, or an instant in RFC 3339.")
    var due: String?

    @Option(
        help: "When it fires again: six cron fields, a descriptor such as @daily, or @every and a duration.")
    var schedule: String?

    @Option(help: "How many times it fires at most.")
    var repeats: UInt32?

    @Option(parsing: .unconditional, help: "After which it fires no more: a duration or an instant.")
    var ttl: String?

    @Option(parsing: .unconditional, help: "What the handler or app gets, in JSON.")
    var data: String?

    @Flag(help: "Replace a job of this name.")
    var overwrite = false

    @Option(
        name: .customLong("failure-policy"),
        help:
            "What follows a failed attempt: drop, or a policy in JSON. (default: 3 retries, one second apart)"
    )
    var failurePolicy: String?

    @OptionGroup var host: HostFlags

    @Flag(name: .customLong("json"), help: "Print what was scheduled as one JSON object.")
    var isJSON = false

    func validate() throws {
        guard due != nil || schedule != nil else {
            throw ValidationError("neither --due nor --schedule was given: give one of them, or both")
        }
        if let data, let fault = faultOfJSON(data) {
            throw ValidationError(
                "--data is no JSON: \(TerminalText.visible(fault)); a text stands in quotes, such as '\"oil\"'"
            )
        }
        if let failurePolicy, failurePolicy != "drop", JSONFields(Array(failurePolicy.utf8), []) == nil {
            throw ValidationError(
                "--failure-policy '\(TerminalText.visible(failurePolicy))' is neither drop nor a JSON object, such as "
                    + #"{"constant":{"interval":"2s","maxRetries":5}}"#)
        }
    }

    func run() async throws {
        let client = try HostClient(await host.find())
        try await client.ask("POST", "/v1.0/jobs/\(PercentText.encoded(name))", body: Array(body.utf8))
        if isJSON {
            return OutputLines.write(
                TerminalText.visible(json: Array(#"{"scheduled":\#(JSONText.quote(name))}"#.utf8)))
        }
        OutputLines.write("scheduled \(TerminalText.visible(name))")
    }

    private var body: String {
        var fields: [String] = []
        if let schedule { fields.append(#""schedule":\#(JSONText.quote(schedule))"#) }
        if let due { fields.append(#""dueTime":\#(JSONText.quote(due))"#) }
        if let repeats { fields.append(#""repeats":\#(repeats)"#) }
        if let ttl { fields.append(#""ttl":\#(JSONText.quote(ttl))"#) }
        if let data { fields.append(#""data":\#(data)"#) }
        if overwrite { fields.append(#""overwrite":true"#) }
        if let failurePolicy {
            fields.append(#""failurePolicy":\#(failurePolicy == "drop" ? #"{"drop":{}}"# : failurePolicy)"#)
        }
        return "{" + fields.joined(separator: ",") + "}"
    }
}
