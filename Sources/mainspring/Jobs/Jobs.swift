internal import ArgumentParser

/// `mainspring jobs`: what a person asks about jobs, and does to them.
struct Jobs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Schedule, look at, watch and delete jobs.",
        discussion: """
            A command asks the host at --http-port, at DAPR_HTTP_PORT, or the one that runs here, and sends DAPR_API_TOKEN, \
            or what DAPR_API_TOKEN_FILE holds. Exit status: 0; 1 when the host refused or does not answer, in its own words; 2 for wrong flags.
            """,
        subcommands: [
            JobsSchedule.self, JobsGet.self, JobsDelete.self, JobsList.self, JobsPreview.self, JobsWatch.self,
        ])
}
