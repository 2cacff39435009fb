internal import Glibc
import Reactor
import TestKit
import Testing

extension EndToEnd {
    /// A real process, killed again and again: what it acknowledged is checked against what fired.
    @Suite("crashes")
    struct CrashTests {
        private static let kills = 200
        private static let clients = 4

        @Test("200 kills at random instants under load lose no acknowledged job, and fire none early")
        func loseNothing() async throws {
            try await OwnThread.run {
                let seed = Seed.make("the crash test")
                let data = try TemporaryFolder()
                let app = try AppSink()
                var options = HostProcess.Options(dataFolder: data.path)
                options.httpPort = try FreePort.find()
                options.appPort = app.port
                let load = CrashLoad(port: options.httpPort!, clients: Self.clients, seed: seed)

                var random = SeededRandom(seed: seed)
                for kill in 1...Self.kills {
                    let host = try HostProcess(options)
                    // One in five dies while it starts, the others while they serve.
                    if kill % 5 != 0 { try host.waitUntilReady(by: .seconds(30)) }
                    let instant = Deadline.milliseconds(Int.random(in: 0..<400, using: &random))
                    if let exit = host.process.waitForDeath(by: instant) {
                        throw TestFailure(
                            "before kill \(kill) the host ended with \(exit): \(host.process.errorOutput)")
                    }
                    try host.crash()
                }

                let host = try HostProcess.start(options)
                let jobs = try load.stop()
                var verdict = CrashVerdict()
                try verdict.settle(jobs, app: app, host: host)
                verdict.judge(jobs, by: app.calls)
                print(verdict)
                #expect(verdict.complaintCount == 0, "\(verdict.complaints.joined(separator: "\n"))")
                #expect(verdict.fired > 100 && verdict.kept > 100, "too little load to prove anything")
                try host.stop()
            }
        }
    }
}

extension WallTime {
    /// An instant from nanoseconds since 1970, after it.
    init(nanosecondsSince1970 nanoseconds: Int64) {
        self.init(seconds: nanoseconds / 1_000_000_000, nanoseconds: UInt32(nanoseconds % 1_000_000_000))
    }
}
