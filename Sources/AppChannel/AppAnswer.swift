package import JobsRuntime
package import Reactor

/// What an app's answer means for the job (contract, section 5.2).
package enum AppAnswer {
    /// The outcome of a status: 2xx has succeeded, 404 is not tried again, all else has failed.
    package static func outcome(status: Int, name: String) -> (outcome: TriggerOutcome, warning: String?) {
        let code = "job \(name). status code returned: \(status)"
        switch status {
        case 200..<300: return (.succeeded, nil)
        case 404:
            return (.succeeded, "non-retriable error returned from app while processing triggered \(code)")
        default:
            return (
                .failed(
                    reason: "unexpected status code returned from app while processing triggered \(code)"),
                nil
            )
        }
    }

    /// The outcome of an exchange without an answer.
    ///
    /// One that never had a connection was not delivered at all.
    package static func outcome(_ failure: HTTPClientFailure) -> TriggerOutcome {
        let system = failure.error.map { ": \($0.reason)" } ?? ""
        switch failure.kind {
        case .refused: return .undeliverable
        case .brokenBeforeAnswer:
            return .failed(reason: "the app closed the connection before it answered\(system)")
        case .brokenWithinAnswer:
            return .failed(reason: "the app closed the connection within its answer\(system)")
        case .malformed: return .failed(reason: "the app's answer is no HTTP/1.1")
        case .timedOut: return .failed(reason: "the app did not answer in time")
        case .closed: return .undeliverable
        }
    }
}
