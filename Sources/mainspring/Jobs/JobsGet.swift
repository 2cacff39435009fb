internal import ArgumentParser

/// `mainspring jobs get`: one job, as `GET /v1.0/jobs/{name}` shows it.
struct JobsGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show a job as it was scheduled.")

    @Argument(help: "The job's name.")
    var name: String

    @OptionGroup var host: HostFlags

    @Flag(name: .customLong("json"), help: "Print the host's own JSON object.")
    var isJSON = false

    func run() async throws {
        let client = try HostClient(await host.find())
        let answer = try await client.ask("GET", "/v1.0/jobs/\(PercentText.encoded(name))")
        if isJSON { return OutputLines.write(TerminalText.visible(json: answer)) }
        let rows = [
            ("name", "name"), ("schedule", "schedule"), ("due time", "dueTime"), ("repeats", "repeats"),
            ("ttl", "ttl"), ("data", "data"), ("failure policy", "failurePolicy"),
        ]
        guard let job = JSONFields(answer, rows.map(\.1)) else {
            throw HostFailure("the host's answer is no JSON object")
        }
        for (heading, field) in rows {
            guard let raw = job.raw(field) else { continue }
            let value = field == "data" ? Self.data(job) : job.text(field) ?? raw
            OutputLines.write(heading.padded(to: 16) + TerminalText.visible(value))
        }
    }

    /// What is in the wrapping that Dapr's answer has.
    private static func data(_ job: JSONFields) -> String {
        let wrapped = job.slice("data").flatMap { JSONFields($0, ["value"])?.raw("value") }
        return wrapped ?? job.raw("data") ?? ""
    }
}
