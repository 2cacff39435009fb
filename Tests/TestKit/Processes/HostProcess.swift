internal import Glibc

/// A `mainspring serve`, run as a person runs it.
package final class HostProcess: Sendable {
    /// What a host is started with.
    package struct Options: Sendable {
        package var dataFolder: String
        package var appID = "test"
        package var httpPort: UInt16?
        package var appPort: UInt16?
        /// Words after all others.
        package var arguments: [String] = []
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
        process = try ChildProcess(
            Products.path(of: "mainspring"), words + options.arguments,
            environment: try options.faults?.environment(for: options.dataFolder) ?? [:])
    }

    /// Starts a host and waits until it serves.
    package static func start(_ options: Options) throws -> HostProcess {
        let host = try HostProcess(options)
        try host.waitUntilReady(by: .seconds(30))
        return host
    }

    /// Waits until it answers; throws with what it printed if it ends before.
    package func waitUntilReady(by deadline: Deadline) throws {
        while !deadline.hasPassed {
            if let answer = try? HTTPConnection(port: port).request("GET", "/v1.0/healthz/outbound"),
                answer.status == 204
            {
                return
            }
            // Nobody listens yet: look again soon, and at once if the process ends.
            if let exit = process.waitForDeath(by: .milliseconds(5)) {
                throw TestFailure("the host ended with \(exit): \(process.output)\(process.errorOutput)")
            }
        }
        throw TestFailure("the host does not answer: \(process.output)\(process.errorOutput)")
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
