package import JobsRuntime
package import Reactor

/// The API of an app's jobs on a virtual loop, asked through a connection whose peer is the test.
package final class APIHarness {
    package let jobs: JobsHarness
    /// Takes what falls due.
    package let receiver: RecordingReceiver
    /// What was logged.
    package let log: LogRecorder
    /// What the routes are told of the host.
    package let host: HostFacts
    private let server: HTTPServer
    private let openServer: HTTPServer

    /// What a test may change while it runs.
    package final class HostFacts {
        package var isServing = true
        package var connection: AppConnection?
        package var addresses: [String] = ["127.0.0.1:3500"]
    }

    /// An API that lets through what `access` says.
    package init(
        access: APIAccess = APIAccess(), network limits: Limits = Limits(),
        jobs jobLimits: JobLimits = JobLimits(), store: MemoryStore = MemoryStore()
    ) throws {
        let log = LogRecorder()
        self.log = log
        jobs = try JobsHarness(store: store, limits: jobLimits, log: log)
        receiver = RecordingReceiver(jobs)
        jobs.route("", to: receiver)
        let facts = HostFacts()
        host = facts
        var host = APIRouters.Host()
        host.isServing = { facts.isServing }
        host.connection = { facts.connection }
        host.addresses = { facts.addresses }
        let routers = APIRouters(
            app: jobs.app, jobs: jobs.jobs, on: jobs.loopParts, access: access, host: host)
        let network = Network(timers: jobs.loopParts.timers)
        server = HTTPServer(network: network, limits: limits, handler: routers.api)
        openServer = HTTPServer(network: network, limits: limits, handler: routers.open)
        jobs.begin()
    }

    /// Sends one request on a connection of its own, and returns the answer; throws while there is none.
    package func request(
        _ method: String, _ target: String, headers: [String] = [], body: String? = nil, open: Bool = false
    ) throws -> HTTPAnswer {
        var lines = ["\(method) \(target) HTTP/1.1", "Host: 127.0.0.1:3500"] + headers
        if let body { lines.append("Content-Length: \(body.utf8.count)") }
        let text = lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")
        return try send(text, open: open)
    }

    /// Sends bytes on a connection that the test goes on with.
    package func connect(sending text: String) -> FakeTransport {
        let transport = FakeTransport()
        jobs.driver.onLoop {
            server.accepted(transport)
            transport.receive(text)
        }
        return transport
    }

    /// Stops the server of the API, as the host's stop does.
    package func stopServer() { jobs.driver.onLoop { server.stop {} } }

    /// Sends bytes as they are, and returns the answer.
    package func send(_ text: String, open: Bool = false) throws -> HTTPAnswer {
        let bytes = exchange(text, open: open)
        guard let (answer, _) = try HTTPAnswer.parse(bytes) else {
            throw TestFailure("no answer yet, or half of one: \(String(decoding: bytes, as: UTF8.self))")
        }
        return answer
    }

    /// Sends bytes as they are, and returns the bytes that come back.
    package func exchange(_ text: String, open: Bool = false) -> [UInt8] {
        exchange(Array(text.utf8), open: open)
    }

    /// Sends bytes as they are, and returns the bytes that come back.
    package func exchange(_ bytes: [UInt8], open: Bool = false) -> [UInt8] {
        let transport = FakeTransport()
        jobs.driver.onLoop {
            (open ? openServer : server).accepted(transport)
            transport.receive(bytes)
        }
        return transport.sent
    }
}
