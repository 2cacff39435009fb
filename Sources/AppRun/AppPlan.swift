/// One app, ready to be started.
package struct AppPlan: Sendable {
    package var appID: String
    /// The program and its arguments, as the template or the command line has them; not empty.
    package var command: [String]
    /// Where it runs; an absolute path.
    package var folder: String
    /// All of its environment.
    package var environment: [String: String]
    /// Where its lines go; `nil` leaves it the run's own output and input.
    package var log: AppLog?
    /// The program that keeps the app; the running one.
    package var keeper = "/proc/self/exe"

    package init(
        appID: String, command: [String], folder: String, environment: [String: String], log: AppLog?
    ) {
        self.appID = appID
        self.command = command
        self.folder = folder
        self.environment = environment
        self.log = log
    }

    /// The command as one line, as Dapr's metadata has it.
    package var commandLine: String { command.joined(separator: " ") }

    /// What is executed: the command through a shell that becomes it, as Dapr does (contract, section 9.2).
    var words: [String] { ["/bin/sh", "-c", #"exec "$@""#, "sh"] + command }
}
