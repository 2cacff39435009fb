internal import Glibc
internal import Handlers
internal import JobsRuntime
internal import Logging

/// The embedding example: a host of one's own, whose jobs go to handlers by the prefix of their names.
@main
struct DemoHost {
    /// Keeps jobs in a folder, takes new ones over HTTP, and runs what falls due until Ctrl-C.
    static func serve(folder: String, port: UInt16) async throws {
        var options = JobsRuntime.Options(dataDirectory: folder, appID: "garage")
        options.listen = "127.0.0.1:\(port)"
        let logger = Logger(label: "garage") { QueueLogHandler(label: $0) }

        let runtime = try JobsRuntime(options, logger: logger)
        let droids = LatenessHandler(DroidMaintenanceHandler())
        try await runtime.route("r2-", to: droids)
        try await runtime.route("c-3", to: droids)
        try await runtime.route("", to: LatenessHandler(EchoHandler()))  // all other jobs
        try await runtime.run()
    }

    static func main() async {
        do {
            switch try DemoCommand(CommandLine.arguments.dropFirst()) {
            case .help: Console.printLine(DemoCommand.usage)
            case .story: try Story.play()
            case .serve(let folder, let port): try await serve(folder: folder, port: port)
            }
            Console.flush()
        } catch {
            Console.flush()
            let complaint = Array("DemoHost: \(error)\n".utf8)
            unsafe write(STDERR_FILENO, complaint, complaint.count)
            exit(error is DemoCommand.WrongFlag ? 2 : 1)
        }
    }
}
