internal import Glibc

/// An app as a host sees it: answers `POST /job/<name>` as the test says, and records each call.
package final class AppSink: Sendable {
    /// What the app answers to a call.
    package enum Reply: Sendable, Equatable {
        /// This status, with an empty body.
        case status(Int)
        /// Nothing, until `release` is called.
        case hold
        /// Closes the connection without an answer.
        case hangUp
    }

    /// A call as it arrived.
    package struct Call: Sendable {
        package var method: String
        package var path: String
        package var headers: [String: String]
        package var body: String
        /// When it had arrived, on the wall clock.
        package var nanosecondsSince1970: Int64

        /// The job's name, of a call to `/job/<name>`, as sent.
        package var job: String? { path.hasPrefix("/job/") ? String(path.dropFirst(5)) : nil }
    }

    private struct State {
        var calls: [Call] = []
        var counts: [String: Int] = [:]
        var releasedWith: Int?
        var isStopping = false
    }

    package let port: UInt16
    private let state = Monitor(State())
    private let wakeUp: WakeUp
    private let thread: OwnThread

    /// Listens at once; `answer` decides by the call and by how many came before it to the same path.
    package init(
        port: UInt16 = 0,
        answer: @escaping @Sendable (_ call: Call, _ earlier: Int) -> Reply = { _, _ in .status(200) }
    ) throws {
        let listener = try Listener(port: port)
        let wakeUp = try WakeUp()
        let state = state
        self.port = listener.port
        self.wakeUp = wakeUp
        thread = OwnThread {
            let server = AppServer(listener: listener, wakeUp: wakeUp) { call in
                let earlier = state.withLock { state in
                    defer {
                        state.calls.append(call)
                        state.counts[call.path, default: 0] += 1
                    }
                    return state.counts[call.path] ?? 0
                }
                return answer(call, earlier)
            }
            while !state.withLock({ $0.isStopping }) {
                server.turn()
                if let status = state.withLock({ $0.releasedWith.take() }) { server.release(with: status) }
            }
        }
    }

    deinit { stop() }

    /// The calls so far, in the order of their arrival.
    package var calls: [Call] { state.withLock { $0.calls } }

    /// The calls of one job so far.
    package func calls(of job: String) -> [Call] { calls.filter { $0.job == job } }

    /// How many calls there were of one job.
    package func count(of job: String) -> Int { state.withLock { $0.counts["/job/" + job] ?? 0 } }

    /// Waits until a job was called so often.
    package func wait(for job: String, times: Int = 1, by deadline: Deadline = .seconds(30)) throws {
        try wait(forPath: "/job/" + job, times: times, by: deadline)
    }

    /// Waits until a path was called so often.
    package func wait(forPath path: String, times: Int = 1, by deadline: Deadline = .seconds(30)) throws {
        guard state.wait(until: deadline, for: { $0.counts[path, default: 0] >= times ? true : nil }) != nil
        else {
            let (found, all) = state.withLock { ($0.counts[path] ?? 0, $0.calls.count) }
            throw TestFailure(
                "'\(path)' was called \(found) times, not \(times); there were \(all) calls in all")
        }
    }

    /// Answers every call that is held now.
    package func release(with status: Int) {
        state.withLock { $0.releasedWith = status }
        wakeUp.signal()
    }

    /// Closes the listener and all connections: from now on the app is down.
    package func stop() {
        state.withLock { $0.isStopping = true }
        wakeUp.signal()
        _ = thread.join(by: .seconds(30))
    }
}
