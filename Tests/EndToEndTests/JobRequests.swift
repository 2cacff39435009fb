import TestKit

// What the tests say to a host about jobs.

extension HTTPConnection {
    /// Schedules a job; `fields` is the JSON body.
    func schedule(_ name: String, _ fields: String) throws -> HTTPAnswer {
        try request("POST", "/v1.0/jobs/\(name)", body: fields)
    }

    /// Asks for a job.
    func job(_ name: String) throws -> HTTPAnswer { try request("GET", "/v1.0/jobs/\(name)") }

    /// Removes a job.
    func delete(_ name: String) throws -> HTTPAnswer { try request("DELETE", "/v1.0/jobs/\(name)") }

    /// Whether there is such a job; throws if the answer says neither.
    func has(_ name: String) throws -> Bool {
        let answer = try job(name)
        if answer.status == 200 { return true }
        if answer.status == 500, answer.body.contains("job not found: \(name)") { return false }
        throw TestFailure("GET of '\(name)': \(answer)")
    }
}

extension HostProcess {
    /// Schedules a job, on a connection of its own, and fails where it is refused.
    func schedule(_ name: String, _ fields: String) throws {
        let answer = try connect().schedule(name, fields)
        guard answer.status == 204 else { throw TestFailure("scheduling '\(name)': \(answer)") }
    }

    /// Waits until a job has had its last tick.
    func waitUntilGone(_ name: String) throws {
        let connection = try connect()
        try keepTrying("'\(name)' is gone", by: .seconds(30)) { try !connection.has(name) }
    }
}

extension HTTPAnswer {
    /// The error code of an error document.
    var errorCode: String? { text(after: #""errorCode":""#) }

    /// The message of an error document.
    var message: String? { text(after: #""message":""#) }

    private func text(after key: String) -> String? {
        guard let start = body.firstRange(of: key)?.upperBound else { return nil }
        return body[start...].firstIndex(of: "\"").map { String(body[start..<$0]) }
    }
}

extension AppSink.Call {
    var runID: String? { headers["mainspring-run-id"] }
    var attempt: String? { headers["mainspring-attempt"] }
    var isLastAttempt: String? { headers["mainspring-last-attempt"] }
    var plannedTime: String? { headers["mainspring-planned-time"] }
}
