internal import Glibc
import TestKit

/// Clients that schedule jobs of all kinds on a host that keeps dying, and remember what it acknowledged.
final class CrashLoad: Sendable {
    /// What a job is there to show.
    enum Kind: Sendable {
        /// Due within a second or so.
        case soon
        /// So many ticks, a fraction of a second apart.
        case repeated(times: Int)
        /// Due in an hour: still there at the end.
        case far
        /// Far, and its removal was acknowledged.
        case removed
        /// Far, and the host died before it answered to the removal.
        case perhapsRemoved
    }

    struct Job: Sendable {
        var name: String
        var kind: Kind
        /// No tick of it may come before this, in nanoseconds since 1970.
        var earliestDue: Int64
        var isAcknowledged = false
    }

    private struct State {
        var isStopping = false
        var jobs: [Job] = []
        var complaints: [String] = []
    }

    private let port: UInt16
    private let state = Monitor(State())
    private let threads: [OwnThread]

    /// Starts the clients; they go on, whether the host is up or not, until `stop`.
    init(port: UInt16, clients: Int, seed: UInt64) {
        self.port = port
        let state = state
        threads = (0..<clients).map { client in
            OwnThread {
                var jobs: [Job] = []
                var random = SeededRandom(seed: seed &+ UInt64(client) &+ 1)
                while !state.withLock({ $0.isStopping }) {
                    // No connection means that the host is down: look again when it may be up.
                    guard let connection = try? HTTPConnection(port: port) else {
                        _ = state.wait(until: .milliseconds(5)) { $0.isStopping ? true : nil }
                        continue
                    }
                    do {
                        while !state.withLock({ $0.isStopping }) {
                            try CrashLoad.addJob("\(client)-\(jobs.count)", to: &jobs, connection, &random)
                        }
                    } catch let refusal as Refusal {
                        state.withLock { $0.complaints.append(refusal.text) }
                    } catch {
                        continue  // the host died under it; what was not acknowledged is not promised
                    }
                }
                let all = jobs
                state.withLock { $0.jobs += all }
            }
        }
    }

    /// Ends the clients and returns every job they asked for.
    func stop() throws -> [Job] {
        state.withLock { $0.isStopping = true }
        for thread in threads where !thread.join(by: .seconds(60)) { throw TestFailure("a client hangs") }
        let complaints = state.withLock { $0.complaints }
        if let first = complaints.first {
            throw TestFailure("\(complaints.count) requests were refused, first: \(first)")
        }
        return state.withLock { $0.jobs }
    }

    /// An answer that no host may give here.
    private struct Refusal: Error { var text: String }

    private static func addJob(
        _ name: String, to jobs: inout [Job], _ connection: HTTPConnection, _ random: inout SeededRandom
    ) throws {
        let dice = Int.random(in: 0..<100, using: &random)
        let delay = Int.random(in: 0..<1_500, using: &random)
        var job = Job(name: name, kind: .far, earliestDue: nanosecondsSince1970())
        var fields = #"{"data":{"name":"\#(name)"},"dueTime":"1h"}"#
        if dice < 30 {
            job.kind = .soon
            job.earliestDue += Int64(delay) * 1_000_000
            fields = #"{"data":{"name":"\#(name)"},"dueTime":"\#(delay)ms"}"#
        } else if dice < 40 {
            job.kind = .repeated(times: 3)
            job.earliestDue += 150_000_000
            fields = #"{"data":"\#(name)","schedule":"@every 150ms","repeats":3}"#
        }
        jobs.append(job)
        let index = jobs.count - 1
        let answer = try connection.schedule(name, fields)
        guard answer.status == 204 else { throw Refusal(text: "\(name): \(answer)") }
        jobs[index].isAcknowledged = true
        if case .far = job.kind, dice >= 95 {
            jobs[index].kind = .perhapsRemoved
            let removal = try connection.delete(name)
            guard removal.status == 204 else { throw Refusal(text: "removing \(name): \(removal)") }
            jobs[index].kind = .removed
        }
    }

    private static func nanosecondsSince1970() -> Int64 {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
    }
}
