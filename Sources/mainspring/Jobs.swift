internal import ArgumentParser

/// `mainspring jobs`: what a person asks about jobs.
struct Jobs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at what jobs do, before and after there are any.",
        subcommands: [JobsPreview.self])
}
