import JobsRuntime
import TestKit
import Testing

@Suite("A runtime's life: started once, stopped by anybody")
struct LifecycleTests {
    private func runtime(_ appID: String = "garage") throws -> JobsRuntime {
        var options = JobsRuntime.Options(dataDirectory: nil, appID: appID)
        options.listen = "127.0.0.1:0"
        return try JobsRuntime(options)
    }

    @Test("stopped twice, at once and one after the other, it stops once")
    func stoppedTwice() async throws {
        let runtime = try runtime()
        try await runtime.start()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { await runtime.stop() } }
        }
        await runtime.stop()
        #expect(await runtime.address == nil)
    }

    @Test("stopped while it runs, it ends the run")
    func stoppedWhileRunning() async throws {
        let runtime = try runtime()
        let run = Task { try await runtime.run() }
        while await runtime.address == nil { await Task.yield() }
        await runtime.stop()
        try await run.value
    }

    @Test("a host that has started says so in Dapr's words, under Dapr's name")
    func initialized() async throws {
        let log = LogRecorder()
        var options = JobsRuntime.Options(dataDirectory: nil, appID: "garage")
        options.listen = "127.0.0.1:0"
        let runtime = try JobsRuntime(options, logger: log.logger)
        try await runtime.start()
        let line = log.entries.first { $0.scope == "dapr.runtime" }
        #expect(line?.message.hasPrefix("dapr initialized. Status: Running. Init Elapsed ") == true)
        #expect(line?.message.hasSuffix("ms") == true)
        await runtime.stop()
    }

    @Test("a second start is refused, and changes nothing")
    func startedTwice() async throws {
        let runtime = try runtime()
        try await runtime.start()
        let address = await runtime.address
        await #expect(throws: LifecycleError.started) { try await runtime.start() }
        #expect(await runtime.address == address)
        await runtime.stop()
    }

    @Test("a stopped runtime says so")
    func usedAfterStop() async throws {
        let runtime = try runtime()
        await runtime.stop()
        await #expect(throws: LifecycleError.stopped) { try await runtime.start() }
        await #expect(throws: LifecycleError.stopped) { try await runtime.run() }
    }

    @Test("a start that fails can be tried again, and leaves nothing open")
    func failedStart() async throws {
        let first = try runtime()
        try await first.start()
        var options = JobsRuntime.Options(dataDirectory: nil, appID: "other")
        options.listen = await first.address
        let second = try JobsRuntime(options)
        await #expect(throws: ListenError.self) { try await second.start() }
        await first.stop()
        try await second.start()
        await second.stop()
    }

    @Test("of several addresses one that is taken fails the start, and the others are let go")
    func partialListen() async throws {
        let first = try runtime()
        try await first.start()
        let taken = try #require(await first.address)
        let free = "127.0.0.1:\(try FreePort.find())"
        var options = JobsRuntime.Options(dataDirectory: nil, appID: "other")
        options.listen = "\(free),\(taken)"
        let second = try JobsRuntime(options)
        let error = await #expect(throws: ListenError.self) { try await second.start() }
        #expect(error?.address == taken)
        options.listen = free
        let third = try JobsRuntime(options)
        try await third.start()
        for runtime in [first, second, third] { await runtime.stop() }
    }

    @Test("several addresses with a port for the system to choose have one port")
    func onePort() async throws {
        var options = JobsRuntime.Options(dataDirectory: nil, appID: "garage")
        options.listen = "127.0.0.1:0,127.0.0.2:0"
        options.publicListen = "127.0.0.1:0"
        let runtime = try JobsRuntime(options)
        try await runtime.start()
        let address = try #require(await runtime.address)
        let port = try #require(UInt16(address.split(separator: ":")[1]))
        for number in [1, 2] as [UInt8] {
            let status = try await OwnThread.run {
                try HTTPConnection(port: port, number: number).request("GET", "/v1.0/healthz").status
            }
            #expect(status == 204)
        }
        #expect(await runtime.publicAddress?.hasPrefix("127.0.0.1:") == true)
        #expect(await runtime.publicAddress != address)
        await runtime.stop()
        #expect(await runtime.publicAddress == nil)
    }

    @Test(
        "an app id that is none is refused by name",
        arguments: ["", "a\r\nb", String(repeating: "x", count: 256)])
    func badIdentity(appID: String) async throws {
        let runtime = try runtime(appID)
        let error = await #expect(throws: LifecycleError.self) { try await runtime.start() }
        #expect(error?.description.contains("app id") == true)
        await runtime.stop()
    }
}
