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
