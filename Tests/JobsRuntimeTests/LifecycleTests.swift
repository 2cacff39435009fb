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

@Suite("A runtime of several apps: each on ports of its own")
struct SeveralAppsLifecycleTests {
    private func options(_ ids: String...) -> JobsRuntime.Options {
        let apps = ids.map { id in
            var app = JobsRuntime.App(id: id)
            app.listen = "127.0.0.1:0"
            return app
        }
        var options = JobsRuntime.Options(dataDirectory: nil, app: apps[0])
        options.furtherApps = Array(apps.dropFirst())
        return options
    }

    @Test("each app has an address of its own, and metadata of its own")
    func addresses() async throws {
        let runtime = try JobsRuntime(options("service", "scheduler"))
        try await runtime.start()
        let addresses = try [
            #require(await runtime.address(of: "service")), #require(await runtime.address(of: "scheduler")),
        ]
        #expect(addresses[0] != addresses[1])
        #expect(await runtime.address == addresses[0])
        #expect(await runtime.address(of: "nobody") == nil)
        try await runtime.setMetadata("42", for: "cliPID", of: "scheduler")
        for (address, id) in zip(addresses, ["service", "scheduler"]) {
            let port = try #require(address.split(separator: ":").last.flatMap { UInt16($0) })
            let body = try HTTPConnection(port: port).request("GET", "/v1.0/metadata").body
            #expect(body.contains(#""id":"\#(id)""#))
            #expect(body.contains(#""cliPID":"42""#) == (id == "scheduler"))
        }
        await runtime.stop()
    }

    @Test("an app id that is given twice is refused, and nothing is opened")
    func twice() async throws {
        let runtime = try JobsRuntime(options("service", "service"))
        let error = await #expect(throws: LifecycleError.self) { try await runtime.start() }
        #expect(error?.description == "the app id \"service\" is given twice: name each app differently")
        await runtime.stop()
    }

    @Test("of two apps whose port is one, the second fails the start, and the first lets go")
    func onePort() async throws {
        let probe = try JobsRuntime(options("probe"))
        try await probe.start()
        let address = try #require(await probe.address)
        await probe.stop()
        var options = options("service", "scheduler")
        options.listen = address
        options.furtherApps[0].listen = address
        let runtime = try JobsRuntime(options)
        await #expect(throws: ListenError.self) { try await runtime.start() }
        options.furtherApps[0].listen = "127.0.0.1:0"
        let next = try JobsRuntime(options)
        try await next.start()
        await next.stop()
        await runtime.stop()
    }

    @Test("a route of an app that is not served is refused by its name")
    func unknown() async throws {
        let runtime = try JobsRuntime(options("service"))
        let error = await #expect(throws: LifecycleError.self) {
            try await runtime.route("r2-", to: Silent(), of: "nobody")
        }
        #expect(error?.description.contains("\"nobody\"") == true)
        await runtime.stop()
    }

    private struct Silent: JobHandler {
        func handle(_ trigger: JobTrigger) async throws -> TriggerOutcome { .succeeded }
    }
}
