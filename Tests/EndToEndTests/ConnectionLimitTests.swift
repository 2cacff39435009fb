import Reactor
import TestKit
import Testing

extension EndToEnd {
    /// Many clients at once.
    @Suite("connections")
    struct ConnectionLimitTests {
        @Test("up to the limit connections live on; the next is refused at once, and the log says so")
        func limit() async throws {
            try await OwnThread.run {
                let files = FileLimit.raise()
                let limit = min(Limits().connections, Limits().fitting(files: files).connections, files - 500)
                let data = try TemporaryFolder()
                let host = try HostProcess.start(.init(dataFolder: data.path))
                var connections: [HTTPConnection] = []
                for _ in 0..<limit {
                    let connection = try host.connect()
                    try connection.send("GET", "/v1.0/healthz/outbound")
                    #expect(try connection.receive().status == 204)
                    connections.append(connection)
                }
                guard limit == Limits().fitting(files: files).connections else { return try host.stop() }
                for _ in 0..<20 { #expect(try host.connect().receiveToEnd().isEmpty) }
                for index in [0, limit / 2, limit - 1] {
                    #expect(try connections[index].request("GET", "/v1.0/healthz/outbound").status == 204)
                    #expect(!connections[index].hasInput)
                }
                // The one that goes makes room for another.
                connections.removeLast()
                try host.keepTrying("having room", by: .seconds(30)) {
                    (try? host.connect().request("GET", "/v1.0/healthz/outbound").status) == 204
                }
                connections.removeAll()
                try host.stop()
                let lines = host.process.errorLines.filter { $0.contains("connections refused: ") }
                #expect(lines.first?.contains("\(limit) are open") == true, "\(lines)")
                #expect(lines.count < 10, "a line for each: \(lines)")
            }
        }
    }
}
