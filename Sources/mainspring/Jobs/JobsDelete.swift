internal import ArgumentParser

/// `mainspring jobs delete`: one job, or all whose names begin alike.
struct JobsDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a job, or all whose names begin with a prefix.")

    @Argument(help: "The job's name; one that does not exist is deleted already.")
    var name: String?

    @Option(help: "Delete every job whose name begins so.")
    var prefix: String?

    @Flag(help: "Delete every job of the app.")
    var all = false

    @OptionGroup var host: HostFlags

    @Flag(name: .customLong("json"), help: "Print what was deleted as one JSON object.")
    var isJSON = false

    func validate() throws {
        let given = [name != nil, prefix != nil, all].count { $0 }
        guard given == 1 else {
            throw ValidationError(
                "name what to delete: a NAME, or --prefix and what the names begin with, or --all")
        }
        if prefix == "" {
            throw ValidationError("--prefix is empty, which means every job: use --all for that")
        }
    }

    func run() async throws {
        let client = try HostClient(await host.find())
        if let name {
            try await client.ask("DELETE", "/v1.0/jobs/\(PercentText.encoded(name))")
            let document = #"{"deleted":\#(JSONText.quote(name))}"#
            return OutputLines.write(
                isJSON
                    ? TerminalText.visible(json: Array(document.utf8))
                    : "deleted \(TerminalText.visible(name))")
        }
        let query = "prefix=\(PercentText.encoded(prefix ?? ""))" + (all ? "&all=true" : "")
        let answer = try await client.ask("DELETE", "/mainspring/v1/jobs?\(query)")
        if isJSON { return OutputLines.write(TerminalText.visible(json: answer)) }
        let count = JSONFields(answer, ["deleted"])?.raw("deleted") ?? "?"
        OutputLines.write("deleted \(count) job\(count == "1" ? "" : "s")")
    }
}
