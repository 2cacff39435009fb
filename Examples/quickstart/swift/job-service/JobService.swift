import FlyingFox
import Foundation

/// The app that does the jobs: its host sends each one as POST /job/<name> when it is due.
@main
struct JobService {
    static func main() async {
        let port = ProcessInfo.processInfo.environment["APP_PORT"].flatMap(UInt16.init) ?? 6200
        do {
            try await serve(on: port)
        } catch {
            FileHandle.standardError.write(Data("cannot serve on port \(port): \(error)\n".utf8))
            exit(1)
        }
    }

    private static func serve(on port: UInt16) async throws {
        let server = try HTTPServer(address: .inet(ip4: "127.0.0.1", port: port), logger: .disabled)
        await server.appendRoute("POST /job/*") { request in
            guard let order = MaintenanceOrder(try await request.bodyData) else {
                say(#"Refused a job: it is not of the form {"Value":"Droid:Task"}"#)
                return HTTPResponse(statusCode: .badRequest)
            }
            // One write, so that two jobs at a time do not mix their lines.
            say(
                """
                Received job request...
                Starting droid: \(order.droid)
                Executing maintenance job: \(order.task)
                """)
            // Only now: a job that is not answered is sent again.
            return HTTPResponse(statusCode: .ok)
        }
        try await withThrowingTaskGroup { group in
            group.addTask { try await server.run() }
            group.addTask {
                try await server.waitUntilListening()
                say("Server started on port \(port)")
            }
            for try await _ in group {}
        }
    }
}

/// The droid and the task in `{"Value":"Droid:Task"}`.
struct MaintenanceOrder {
    let droid: Substring
    let task: Substring

    private struct JobData: Decodable {
        let value: String

        enum CodingKeys: String, CodingKey { case value = "Value" }
    }

    init?(_ json: Data) {
        guard let data = try? JSONDecoder().decode(JobData.self, from: json) else { return nil }
        let words = data.value.split(separator: ":", maxSplits: 1)
        guard words.count == 2 else { return nil }
        (droid, task) = (words[0], words[1])
    }
}

/// Writes straight to standard output: what `print` writes stays in a buffer when no terminal reads it.
func say(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
}
