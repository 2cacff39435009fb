internal import ArgumentParser
internal import JobsRuntime

/// `mainspring doctor`: what usually goes wrong, and how to mend it.
struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check what usually goes wrong, and say how to mend it. Changes nothing.",
        usage: "mainspring doctor [--json] [<flags of serve>]",
        discussion: """
            Takes the flags of serve, and looks at what a host that is started so would meet: ports, data folder, clock, \
            zones, libraries, the limit of open files, and the app on --app-port. A host may run meanwhile. Exit status: \
            0 when there is no problem, 1 when there is one.
            """)

    @Flag(name: .customLong("json"), help: "A JSON array: check, verdict, found and mend of each.")
    var isJSON = false

    @OptionGroup var serve: Serve

    func run() throws {
        let folder = try serve.folder
        let lock = StoreLock.look(at: folder)
        var holder: Int32?
        if case .held(let process) = lock { holder = process }
        let findings =
            DoctorPorts(serve: serve, host: holder).findings
            + DoctorFolder(path: folder, lock: lock).findings
            + DoctorSystem.findings
            + DoctorApp(options: serve.app).findings
        print(isJSON ? Finding.json(findings) : Finding.table(findings))
        if findings.contains(where: { $0.verdict == .problem }) { throw ExitCode.failure }
    }
}
