internal import Glibc
import TestKit
import Testing

extension EndToEnd {
    /// What a host tells the service manager that started it, in the words of sd_notify(3).
    @Suite("the service manager")
    struct NotifyTests {
        /// A host with a manager's socket, and perhaps more of its environment.
        private struct Service {
            let folder: TemporaryFolder
            let socket: NotifySocket
            let host: HostProcess

            init(isAbstract: Bool = false, _ environment: [String: String] = [:]) throws {
                folder = try TemporaryFolder()
                let path = folder.path(of: "notify")
                socket = try NotifySocket(isAbstract ? "@" + path : path)
                host = try HostProcess(
                    Service.options(
                        folder, environment.merging(["NOTIFY_SOCKET": socket.name]) { given, _ in given }))
            }

            static func options(
                _ folder: TemporaryFolder, _ environment: [String: String]
            ) -> HostProcess.Options {
                var options = HostProcess.Options(dataFolder: folder.path(of: "data"))
                options.environment = environment
                return options
            }
        }

        /// So often, in microseconds, does the manager want a sign of life.
        private static let watchdog = ["WATCHDOG_USEC": "100000"]

        @Test(
            "READY=1 comes when the doors are open, to a path or an abstract name", arguments: [false, true])
        func ready(isAbstract: Bool) async throws {
            try await OwnThread.run {
                let service = try Service(isAbstract: isAbstract)
                let lines = try service.socket.wait(for: "READY=1")
                #expect(
                    lines.contains("STATUS=the jobs API listens on http://127.0.0.1:\(service.host.port)"))
                #expect(try service.host.connect().request("GET", "/v1.0/healthz").status == 204)
                try service.host.stop()
            }
        }

        @Test("STOPPING=1 comes when the host is asked to stop, while a run is still waited for")
        func stopping() async throws {
            try await OwnThread.run {
                let app = try AppSink { _, _ in .hold }
                let folder = try TemporaryFolder()
                let socket = try NotifySocket(folder.path(of: "notify"))
                var options = Service.options(folder, ["NOTIFY_SOCKET": socket.name])
                options.appPort = app.port
                let host = try HostProcess.start(options)
                #expect(try host.connect().schedule("held", #"{"dueTime":"1ms"}"#).status == 204)
                try app.wait(for: "held")
                host.process.send(SIGTERM)
                try socket.wait(for: "STOPPING=1")
                #expect(host.process.exit == nil, "it had ended when it said that it stops")
                app.release(with: 200)
                try host.process.expectSuccess()
            }
        }

        @Test("a run says the same, and its app is not told of the manager")
        func run() async throws {
            try await OwnThread.run {
                let folder = try TemporaryFolder()
                let socket = try NotifySocket(folder.path(of: "notify"))
                let app =
                    "echo app:${NOTIFY_SOCKET-}${WATCHDOG_USEC-}${WATCHDOG_PID-}.; exec tail -f /dev/null"
                let run = try ChildProcess(
                    Products.path(of: "mainspring"),
                    [
                        "run", "--app-id", "quiet", "--data-dir", folder.path(of: "data"), "--", "sh", "-c",
                        app,
                    ],
                    environment: Self.watchdog.merging(
                        ["NOTIFY_SOCKET": socket.name, "PATH": "/usr/bin:/bin", "HOME": folder.path]
                    ) { $1 }, folder: folder.path)
                let lines = try socket.wait(for: "READY=1")
                #expect(lines.contains("STATUS=runs quiet"))
                try socket.wait(for: "WATCHDOG=1")
                try run.waitForOutput(containing: "app:.", by: .seconds(30))
                run.send(SIGTERM)
                try socket.wait(for: "STOPPING=1")
                try run.expectSuccess()
            }
        }

        @Test("a host that cannot start says why, and is never ready")
        func failed() async throws {
            try await OwnThread.run {
                let folder = try TemporaryFolder()
                let socket = try NotifySocket(folder.path(of: "notify"))
                let file = try folder.write("no folder", to: "data")
                let host = try HostProcess(Service.options(folder, ["NOTIFY_SOCKET": socket.name]))
                try host.expectRefusal(status: 1, naming: [file])
                var lines: [String] = []
                while let more = try socket.receive(by: .milliseconds(0)) { lines += more }
                #expect(!lines.contains("READY=1"))
                #expect(lines.last?.contains(file) == true, "the status names no cause: \(lines)")
            }
        }

        @Test("the watchdog is fed by the loop: not while that is stuck, and again when it goes on")
        func watchdog() async throws {
            try await OwnThread.run {
                let service = try Service(Self.watchdog)
                try service.socket.wait(for: "READY=1")
                for _ in 0..<3 { try service.socket.wait(for: "WATCHDOG=1") }

                let loop = try HeldThread(named: "event-loop", of: service.host.process)
                // What had been sent before.
                while try service.socket.receive(by: .milliseconds(0)) != nil {}
                let sign = try service.socket.receive(by: .milliseconds(1_000))
                #expect(sign == nil, "a loop that is stuck gave a sign of life: \(sign ?? [])")

                try loop.release()
                try service.socket.wait(for: "WATCHDOG=1")
                try service.host.stop()
            }
        }

        @Test(
            "no sign of life is given where none is asked for",
            arguments: [[:], ["WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1"]])
        func unasked(environment: [String: String]) async throws {
            try await OwnThread.run {
                let service = try Service(environment)
                try service.socket.wait(for: "READY=1")
                // More turns of the loop than signs would have needed.
                for _ in 0..<20 { #expect(try service.host.connect().job("none").status == 500) }
                try service.host.stop()
                while let lines = try service.socket.receive(by: .milliseconds(0)) {
                    #expect(!lines.contains("WATCHDOG=1"))
                }
            }
        }

        @Test(
            "a name that is no socket's is named in a warning, and the host runs",
            arguments: ["notify", "vsock:2:1", "/" + String(repeating: "x", count: 200)])
        func badSocket(name: String) async throws {
            try await OwnThread.run {
                let folder = try TemporaryFolder()
                let host = try HostProcess.start(Service.options(folder, ["NOTIFY_SOCKET": name]))
                try host.process.waitForOutput(
                    containing: "systemd is not told how the host goes: NOTIFY_SOCKET", by: .seconds(30))
                try host.stop()
            }
        }

        @Test("a watchdog's time that is no number is named in a warning, and READY=1 comes all the same")
        func badWatchdog() async throws {
            try await OwnThread.run {
                let service = try Service(["WATCHDOG_USEC": "soon"])
                try service.socket.wait(for: "READY=1")
                try service.host.process.waitForOutput(containing: "WATCHDOG_USEC", by: .seconds(30))
                try service.host.stop()
            }
        }

        @Test("a socket that nobody listens on is named in a warning, and the host runs")
        func nobody() async throws {
            try await OwnThread.run {
                let folder = try TemporaryFolder()
                let host = try HostProcess.start(
                    Service.options(folder, ["NOTIFY_SOCKET": folder.path(of: "nobody")]))
                try host.process.waitForOutput(
                    containing: "systemd was not told", by: .seconds(30))
                try host.stop()
            }
        }
    }
}
