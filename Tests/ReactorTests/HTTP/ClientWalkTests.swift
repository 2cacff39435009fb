import Reactor
import TestKit
import Testing

@Suite struct ClientWalkTests {
    @Test("a client and a server on one loop, over real sockets, leave no handle behind")
    func walk() throws {
        let loop = try UVLoop()
        let executor = LoopExecutor(driver: VirtualDriver(startingAt: WallTime(seconds: 0), seed: 1))
        let network = Network(timers: executor.timers)
        let handler = RecordingHandler()
        let server = HTTPServer(network: network, limits: Limits(), handler: handler)
        let port = try server.listen(on: SocketAddress("127.0.0.1:0"), loop: loop)
        let client = HTTPClient(
            network: network, dialer: SocketDialer(loop: loop, network: network), limits: Limits())
        let pool = client.pool(for: try SocketAddress(host: "127.0.0.1", port: port))
        let body = String(repeating: "0123456789", count: 100_000)
        let request = HTTPClientRequest(method: "POST", target: Array("/job/a".utf8), body: Array(body.utf8))
        var results: [HTTPClientResult] = []
        func sendNext() {
            pool.send(request) { result in
                results.append(result)
                if results.count < 20 { return sendNext() }
                if results.count < 24 { return }
                client.close { server.stop {} }
            }
        }
        for _ in 0..<5 { sendNext() }
        loop.run()
        loop.close()
        #expect(results == [HTTPClientResult](repeating: .response(status: 204), count: 24))
        #expect(handler.seen.allSatisfy { $0 == SeenRequest(.post, "/job/a", body: body) })
        #expect(server.counters.accepted == 5)
        #expect(server.counters.open == 0)
    }

    @Test("a port that nobody listens on is refused, and a probe says the same")
    func refused() throws {
        let loop = try UVLoop()
        let executor = LoopExecutor(driver: VirtualDriver(startingAt: WallTime(seconds: 0), seed: 1))
        let network = Network(timers: executor.timers)
        let server = HTTPServer(network: network, limits: Limits(), handler: RecordingHandler())
        let port = try server.listen(on: SocketAddress("127.0.0.1:0"), loop: loop)
        let client = HTTPClient(
            network: network, dialer: SocketDialer(loop: loop, network: network), limits: Limits())
        let address = try SocketAddress(host: "127.0.0.1", port: port)
        var probes: [Bool] = []
        var failure: HTTPClientFailure?
        client.probe(address) { isListening in
            probes.append(isListening)
            server.stop {
                client.probe(address) { probes.append($0) }
                client.pool(for: address).send(HTTPClientRequest(method: "GET", target: Array("/".utf8))) {
                    result in
                    if case .failed(let reason) = result { failure = reason }
                    client.close()
                }
            }
        }
        loop.run()
        loop.close()
        #expect(probes == [true, false])
        #expect(failure?.kind == .refused)
        #expect(failure?.error?.code == .refused)
    }
}
