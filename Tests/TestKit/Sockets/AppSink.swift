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
                    defer { state.calls.append(call) }
                    return state.calls.reduce(0) { $0 + ($1.path == call.path ? 1 : 0) }
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

    /// Waits until `body` finds what it looks for in the calls so far.
    package func wait(_ what: String, by deadline: Deadline, until body: ([Call]) -> Bool) throws {
        guard state.wait(until: deadline, for: { body($0.calls) ? true : nil }) != nil else {
            throw TestFailure("the app never saw \(what); it saw \(calls.map(\.path))")
        }
    }

    /// Waits until a job was called so often.
    package func wait(for job: String, times: Int = 1, by deadline: Deadline = .seconds(30)) throws {
        try wait("\(times) of '\(job)'", by: deadline) { calls in calls.count { $0.job == job } >= times }
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
