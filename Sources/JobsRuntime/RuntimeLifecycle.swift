internal import Reactor

/// Whether a runtime still has a loop: it is ended once, by whoever asks first, and nobody calls into it after that.
final class RuntimeLifecycle: Sendable {
    /// What a caller of `stop` is to do.
    enum Stop { case begin, wait, nothing }

    private struct State {
        var isStopping = false
        var hasEnded = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Guarded(State())

    /// Throws once the runtime was stopped, or is being stopped.
    func check() throws {
        if state.withLock({ $0.isStopping }) { throw LifecycleError.stopped }
    }

    /// Whether a call may still go to the loop.
    var hasLoop: Bool { state.withLock { !$0.hasEnded } }

    /// Claims the stop for the first caller; others wait for it.
    func beginStop() -> Stop {
        state.withLock { state in
            if state.hasEnded { return .nothing }
            defer { state.isStopping = true }
            return state.isStopping ? .wait : .begin
        }
    }

    /// The stop is over, and the loop with it.
    func end() {
        let waiting = state.withLock { state in
            state.hasEnded = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Waits for `end`.
    func waitForEnd() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if !state.hasEnded { state.waiting.append(continuation) }
                return state.hasEnded
            }
            if isOver { continuation.resume() }
        }
    }
}

/// A call that comes at the wrong time of a runtime's life.
public struct LifecycleError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One sentence.
    public let description: String

    /// `start` on a runtime that runs.
    public static let started = LifecycleError(description: "the runtime runs already: start it once")
    /// Anything on a runtime that was stopped.
    public static let stopped = LifecycleError(description: "the runtime was stopped: make a new one")

    /// Something for an app that the runtime does not serve.
    static func noApp(_ appID: String) -> LifecycleError {
        LifecycleError(description: "the runtime serves no app \"\(appID)\": give it among the options")
    }

    static func twice(_ appID: String) -> LifecycleError {
        LifecycleError(description: "the app id \"\(appID)\" is given twice: name each app differently")
    }

    static func identity(_ what: String) -> LifecycleError {
        LifecycleError(
            description: "\(what) must have 1 to 255 bytes and no control characters: choose another")
    }
}
