internal import Glibc

/// A `mainspring serve`, run as a person runs it.
package final class HostProcess: Sendable {
    /// What a host is started with.
    package struct Options: Sendable {
        package var dataFolder: String
        package var appID = "test"
        package var httpPort: UInt16?
        package var appPort: UInt16?
        /// The port of metrics; `nil` leaves it to the host, which takes the standard one.
        package var metricsPort: UInt16? = 0
        /// Words after all others.
        package var arguments: [String] = []
        /// Its environment; nothing of this process's own comes with it.
        package var environment: [String: String] = [:]
        /// The page of the faults that this host is to meet; `nil`: none, and no library of them.
        package var faults: FaultPage?

        package init(dataFolder: String) { self.dataFolder = dataFolder }
    }

    package let process: ChildProcess
    package let port: UInt16

    /// Starts a host; `waitUntilReady` tells when it serves.
    package init(_ options: Options) throws {
        port = try options.httpPort ?? FreePort.find()
        var words = [
            "serve", "--app-id", options.appID, "--http-port", "\(port)", "--data-dir", options.dataFolder,
        ]
        if let appPort = options.appPort { words += ["--app-port", "\(appPort)", "--app-protocol", "http"] }
        if let metricsPort = options.metricsPort { words += ["--metrics-port", "\(metricsPort)"] }
        process = try ChildProcess(
            Products.path(of: "mainspring"), words + options.arguments,
            environment: try options.environment.merging(
                options.faults?.environment(for: options.dataFolder) ?? [:]
            ) { $1 })
    }

    /// Starts a host and waits until it serves.
    package static func start(_ options: Options) throws -> HostProcess {
        let host = try HostProcess(options)
        try host.waitUntilReady(by: .seconds(30))
        return host
    }

    /// Does something again and again until it succeeds; ends early if the host does.
    package func keepTrying(_ what: String, by deadline: Deadline, _ body: () throws -> Bool) throws {
        while true {
            if try body() { return }
            if deadline.hasPassed {
                throw TestFailure("\(what): never; the host printed \(process.output)\(process.errorOutput)")
            }
            // Not a pause for its own sake: the next attempt is worth it a little later, or never if the host dies.
            if let exit = process.waitForDeath(by: .milliseconds(10)) {
                throw TestFailure(
                    "\(what): the host ended with \(exit): \(process.output)\(process.errorOutput)")
            }
        }
    }

    /// Waits until it answers; throws with what it printed if it ends before.
    package func waitUntilReady(by deadline: Deadline) throws {
        try keepTrying("answering", by: deadline) {
            guard let connection = try? connect() else { return false }  // nobody listens yet
            return try connection.request("GET", "/v1.0/healthz/outbound").status == 204
        }
    }

    /// A new connection to its HTTP port.
    package func connect() throws -> HTTPConnection { try HTTPConnection(port: port) }

    /// Kills it as a crash would, and waits until it is gone.
    package func crash() throws {
        process.send(SIGKILL)
        guard try process.waitForExit(by: .seconds(30)) == .signal(SIGKILL) else {
            throw TestFailure(
                "the host had ended before it was killed: \(process.output)\(process.errorOutput)")
        }
    }

    /// Asks it to stop, and waits until it has; it must say that all went well.
    package func stop() throws {
        process.send(SIGTERM)
        let exit = try process.waitForExit(by: .seconds(30))
        guard exit == .status(0) else {
            throw TestFailure("the host stopped with \(exit): \(process.output)\(process.errorOutput)")
        }
    }
}
