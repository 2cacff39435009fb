internal import Glibc
import JobsRuntime
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
                try Self.check(jobs, app: app, host: host)
                try host.stop()
            }
        }

        private static func check(_ jobs: [CrashLoad.Job], app: AppSink, host: HostProcess) throws {
            let connection = try host.connect()
            var (fired, kept, removed) = (0, 0, 0)
            for job in jobs where job.isAcknowledged {
                switch job.kind {
                case .soon:
                    try app.wait(for: job.name, times: 1, by: .seconds(60))
                    fired += 1
                case .repeated(let times):
                    // At least once for each tick: the last is known to have come when the job is gone.
                    try host.keepTrying("'\(job.name)' has fired \(times) times", by: .seconds(60)) {
                        try !connection.has(job.name)
                    }
                    fired += 1
                case .far:
                    #expect(try connection.has(job.name), "'\(job.name)' was acknowledged and is lost")
                    kept += 1
                case .removed:
                    #expect(
                        try !connection.has(job.name),
                        "the removal of '\(job.name)' was acknowledged and is lost")
                    removed += 1
                case .perhapsRemoved: break
                }
            }
            let calls = Dictionary(grouping: app.calls, by: { $0.job ?? "" })
            try checkCalls(calls, of: jobs)
            let duplicates = calls.values.reduce(0) { sum, calls in
                sum + calls.count - Set(calls.map(\.runID)).count
            }
            print(
                "crash test: \(jobs.count) jobs asked for; of those acknowledged \(fired) fired, \(kept) are kept,"
            )
            print("            \(removed) were removed; \(duplicates) triggers came again after a kill")
            #expect(fired > 100 && kept > 100 && removed > 10, "too little load to prove anything")
        }

        /// Each call is late or in time, and each tick has a run id of its own.
        private static func checkCalls(_ calls: [String: [AppSink.Call]], of jobs: [CrashLoad.Job]) throws {
            for job in jobs {
                let calls = calls[job.name] ?? []
                switch job.kind {
                case .far, .removed, .perhapsRemoved:
                    #expect(calls.isEmpty, "'\(job.name)' is due in an hour and was fired")
                case .repeated(let times) where job.isAcknowledged:
                    let ticks = Set(calls.map(\.plannedTime))
                    #expect(
                        ticks.count == times, "'\(job.name)' has \(times) ticks, and \(ticks.count) fired")
                    #expect(
                        Set(calls.map(\.runID)).count == times,
                        "'\(job.name)': run ids do not tell its ticks apart")
                case .soon, .repeated: break
                }
                for call in calls {
                    let planned = try #require(call.plannedTime.flatMap(RFC3339.instant))
                    let arrival = WallTime(nanosecondsSince1970: call.nanosecondsSince1970)
                    #expect(arrival >= planned, "'\(job.name)' was fired early")
                    let earliest = WallTime(nanosecondsSince1970: job.earliestDue)
                    #expect(arrival >= earliest, "'\(job.name)' was fired before it could be due")
                }
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
