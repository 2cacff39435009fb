import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// The app that schedules: two jobs for the job service, given to the service's host.
@main
struct JobScheduler {
    /// The jobs of the service's host; DAPR_HTTP_PORT would name this app's own.
    let jobs: String
    let token: String?
    /// How many times faster than written every wait and every due time is.
    let speed: Double

    private let started = ContinuousClock.now

    static func main() async {
        do {
            try await JobScheduler().run()
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            exit(1)
        }
    }

    init() {
        let environment = ProcessInfo.processInfo.environment
        let host = environment["DAPR_HOST"] ?? "http://127.0.0.1"
        let port = environment["JOB_SERVICE_DAPR_HTTP_PORT"] ?? "6280"
        jobs = "\(host):\(port)/v1.0/jobs/"
        token = environment["DAPR_API_TOKEN"]
        speed = environment["QUICKSTART_SPEED"].flatMap(Double.init) ?? 1
    }

    func run() async throws {
        try await wait(until: 5)
        try await schedule("R2-D2", task: "Oil Change", after: 15)
        try await wait(until: 10)
        try await show("R2-D2")
        try await schedule("C-3PO", task: "Limb Calibration", after: 20)
        try await wait(until: 15)
        try await show("C-3PO")
        // Both jobs have been done by then: the service says so.
        try await wait(until: 45)
    }

    func schedule(_ name: String, task: String, after seconds: Double) async throws {
        let dueTime = String(format: "%gs", seconds / speed)
        let job = Job(data: ["Value": "\(name):\(task)"], dueTime: dueTime)
        _ = try await request("POST", name, body: JSONEncoder().encode(job))
        say("Job Scheduled: \(name)")
    }

    func show(_ name: String) async throws {
        say("Job details: \(try await request("GET", name))")
    }

    /// The body of the answer; any status but 2xx is an error that carries what the host said.
    private func request(_ method: String, _ name: String, body: Data? = nil) async throws -> String {
        guard let url = URL(string: jobs + name) else {
            throw Failure("\(jobs) is no address: check DAPR_HOST")
        }
        var request = URLRequest(url: url, timeoutInterval: 15)
        request.httpMethod = method
        request.httpBody = body
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        if let token { request.setValue(token, forHTTPHeaderField: "dapr-api-token") }
        let (data, response) = try await reply(to: request)
        let answer = String(decoding: data, as: UTF8.self)
        let status = (response as? HTTPURLResponse)?.statusCode ?? 0
        guard (200..<300).contains(status) else { throw Failure("\(method) \(url): \(status) \(answer)") }
        return answer
    }

    private func reply(to request: URLRequest) async throws -> (Data, URLResponse) {
        do {
            return try await URLSession.shared.data(for: request)
        } catch {
            throw Failure("\(jobs): \(error.localizedDescription)")
        }
    }

    private func wait(until second: Double) async throws {
        try await Task.sleep(until: started + .seconds(second / speed), clock: .continuous)
    }
}

/// The body of a request that schedules a job.
struct Job: Encodable {
    let data: [String: String]
    let dueTime: String
}

/// One sentence about what went wrong.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Writes straight to standard output: what `print` writes stays in a buffer when no terminal reads it.
func say(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
}
