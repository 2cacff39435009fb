package import JobsRuntime
package import Reactor

/// What an app's answer means for the job (contract, section 5.2), in the words that Dapr logs (8.3).
package enum AppAnswer {
    /// The outcome of a status: 2xx has succeeded, 404 is not tried again, all else has failed.
    ///
    /// Nearly every answer is the first kind, and makes no text; the name is asked for by the others alone.
    package static func outcome(
        status: Int, name: @autoclosure () -> String
    ) -> (outcome: TriggerOutcome, warning: String?) {
        if (200..<300).contains(status) { return (.succeeded, nil) }
        let code =
            "returned from app while processing triggered job \(name()). status code returned: "
            + "\(remoteCode(status)) (HTTP \(status))"
        if status == 404 { return (.succeeded, "non-retriable error \(code)") }
        return (failed("unexpected status code \(code)"), nil)
    }

    /// The outcome of an exchange without an answer.
    ///
    /// One that never had a connection was not delivered at all.
    package static func outcome(_ failure: HTTPClientFailure) -> TriggerOutcome {
        let system = failure.error.map { ": \($0.reason)" } ?? ""
        switch failure.kind {
        case .refused, .closed: return .undeliverable
        case .brokenBeforeAnswer:
            return broken("the app closed the connection before it answered\(system)")
        case .brokenWithinAnswer:
            return broken("the app closed the connection within its answer\(system)")
        case .malformed: return broken("the app's answer is no HTTP/1.1")
        case .bodyRefused: return broken("the app's answer was given up")
        case .timedOut: return broken("the app did not answer in time")
        }
    }

    /// The outcome of a trigger that may have ended the app: the connection broke, and then nobody listened.
    static let brokenAndRefused = broken(
        "the app closed the connection before it answered, and listens no more")

    private static func broken(_ reason: String) -> TriggerOutcome {
        failed("error returned from app channel while sending triggered job to app: \(reason)")
    }

    private static func failed(_ reason: String) -> TriggerOutcome {
        .failed(reason: "failed to invoke schedule app job: \(reason)")
    }

    /// The number of the gRPC code that Dapr takes an HTTP status for, and prints.
    private static func remoteCode(_ status: Int) -> Int {
        switch status {
        case 400: 13  // Internal
        case 401: 16  // Unauthenticated
        case 403: 7  // PermissionDenied
        case 404: 5  // NotFound
        case 408: 1  // Canceled
        case 409: 6  // AlreadyExists
        case 429: 8  // ResourceExhausted
        case 501: 12  // Unimplemented
        case 503: 14  // Unavailable
        case 504: 4  // DeadlineExceeded
        default: 2  // Unknown
        }
    }
}
