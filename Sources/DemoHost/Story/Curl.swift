/// A request as a person would type it, sent by the very `curl` that is printed.
struct Curl {
    private let arguments: [String]

    /// Schedules a job.
    static func schedule(_ name: String, _ body: String, at address: String) -> Curl {
        Curl(arguments: ["-d", body, url(name, address)])
    }

    /// Reads a job.
    static func get(_ name: String, at address: String) -> Curl { Curl(arguments: [url(name, address)]) }

    /// Deletes a job.
    static func delete(_ name: String, at address: String) -> Curl {
        Curl(arguments: ["-X", "DELETE", url(name, address)])
    }

    private static func url(_ name: String, _ address: String) -> String { "\(address)/v1.0/jobs/\(name)" }

    /// What a person types.
    var commandLine: String {
        (["curl", "-i"] + arguments).map { $0.contains("\"") ? "'\($0)'" : $0 }.joined(separator: " ")
    }

    /// Sends the request.
    ///
    /// Silence and the time limit are added: they change nothing that goes over the wire.
    func send() throws(StoryFailure) -> Answer {
        let curl = try Child(["curl", "-i", "-sS", "--max-time", "5"] + arguments)
        let text = try curl.rest(until: .now + .seconds(6))
        let end = curl.wait()
        guard end == .status(0), let answer = Answer(text) else {
            let said = text.split(whereSeparator: \.isNewline).last ?? ""
            throw StoryFailure("'\(commandLine)' had no answer (\(end)): \(said)")
        }
        return answer
    }

    /// What came back.
    struct Answer {
        /// The first line, such as `HTTP/1.1 204 No Content`.
        let statusLine: Substring
        let body: String

        /// Takes the head and the body apart.
        init?(_ text: String) {
            guard let head = text.firstRange(of: "\r\n\r\n") else { return nil }
            statusLine = text.prefix { $0 != "\r\n" }
            body = String(text[head.upperBound...])
        }

        /// The number in the status line.
        var status: Int? { statusLine.split(separator: " ").dropFirst().first.flatMap { Int($0) } }
    }
}
