import AppRun
import Glibc
import Reactor
import TestKit
import Testing

/// What becomes of real apps that a group starts.
@Suite("App group", .timeLimit(.minutes(2)))
struct AppGroupTests {
    @Test(
        "every line of standard output and error is printed behind the app's prefix, also a last one without an end"
    )
    func lines() async throws {
        let run = try RunHarness()
        _ = try await run.group.start(
            run.plan(#"echo out; printf 'carriage\r\n'; printf 'no end'; echo err >&2"#))
        #expect(await run.group.untilOver() == .ended(.status(0)))
        await run.end()
        let lines = try run.text().filter { $0.hasPrefix("==") }
        #expect(
            lines.filter { $0 != "== APP - app == err" } == [
                "== APP - app == out", "== APP - app == carriage", "== APP - app == no end",
            ])
        #expect(lines.contains("== APP - app == err"))
    }

    @Test("invalid UTF-8 passes as the bytes that it is")
    func invalidText() async throws {
        let run = try RunHarness()
        _ = try await run.group.start(run.plan(#"printf 'a\377\300z\n'"#))
        _ = await run.group.untilOver()
        await run.end()
        #expect(try run.printed().contains(Array("== APP - app == a".utf8) + [0xFF, 0xC0] + Array("z".utf8)))
    }

    @Test("a mebibyte without a line end comes in pieces of 64 KiB, each behind the prefix")
    func longLine() async throws {
        let run = try RunHarness()
        _ = try await run.group.start(run.plan("head -c 1048576 /dev/zero | tr '\\0' x"))
        _ = await run.group.untilOver()
        await run.end()
        let lines = try run.text().filter { $0.hasPrefix("==") }
        #expect(lines.count == 16)
        #expect(lines.allSatisfy { $0 == "== APP - app == " + String(repeating: "x", count: 65_536) })
    }

    @Test("a reader that takes its time loses no line: the app waits for it")
    func slowReader() async throws {
        let run = try RunHarness()
        var ends: [Int32] = [-1, -1]
        #expect(unsafe pipe(&ends) == 0)
        let queue = LineQueue(descriptor: ends[1])
        var plan = try run.plan("seq 1000000 1400000")
        plan.log = AppLog(appID: "app", console: queue, file: nil, usesColour: false)
        _ = try await run.group.start(plan)
        // More than pipe and queue hold: the app cannot have ended.
        let full = Monitor(false)
        while !queue.isFull { await Task.yield() }
        queue.whenRoom { full.withLock { $0 = true } }
        #expect(await !run.group.isOver)
        let reading = ends[0]
        async let content = OwnThread.run { Self.readAll(reading) }
        _ = await run.group.untilOver()
        await run.end()
        queue.flush()
        close(ends[1])
        let lines = try await content.split(separator: UInt8(ascii: "\n"))
        #expect(lines.count == 400_001)
        #expect(lines.last.map { String(decoding: $0, as: UTF8.self) } == "== APP - app == 1400000")
        #expect(full.withLock { $0 })
    }

    private static func readAll(_ descriptor: Int32) -> [UInt8] {
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe read(descriptor, &chunk, chunk.count)
            if count <= 0 { break }
            all += chunk[..<count]
        }
        close(descriptor)
        return all
    }

    @Test(
        "the end of an app is said, with its status or signal",
        arguments: [
            ("exit 0", ChildEnding.status(0), "✅  Exited App successfully. App id: \"app\""),
            (
                "exit 3", .status(3),
                "❌  The App process exited with error code: exit status 3. App id: \"app\""
            ),
            (
                "kill -9 $$", .signal(9),
                "❌  The App process exited with error code: signal: killed. App id: \"app\""
            ),
        ])
    func endings(script: String, ending: ChildEnding, line: String) async throws {
        let run = try RunHarness()
        _ = try await run.group.start(run.plan(script))
        #expect(await run.group.untilOver() == .ended(ending))
        await run.end()
        #expect(try run.text(ending.isSuccess ? "output" : "errors").contains(line))
    }

    @Test("the end of an app ends nothing else")
    func others() async throws {
        let run = try RunHarness(endsWithApp: false)
        _ = try await run.group.start(run.plan("exit 1", appID: "first"))
        let second = try #require(try await run.group.start(run.plan("exec sleep 1000", appID: "second")))
        #expect(await !run.group.isOver)
        #expect(runs(second))
        await run.group.askStop()
        await run.end()
        #expect(!runs(second))
    }

    @Test("a program that is not there is an app that ends with 127, as the shell says it")
    func noProgram() async throws {
        let run = try RunHarness()
        _ = try await run.group.start(run.plan(["no-such-program"]))
        #expect(await run.group.untilOver() == .ended(.status(127)))
        await run.end()
        #expect(
            try run.text().contains { $0.hasPrefix("== APP - app == ") && $0.contains("no-such-program") })
    }

    @Test("a folder that is not there is an app that cannot be started")
    func noFolder() async throws {
        let run = try RunHarness()
        var plan = try run.plan("exit 0")
        plan.folder += "/missing"
        await #expect(throws: AppStartError.self) { _ = try await run.group.start(plan) }
        await run.end()
    }

    @Test("the stop reaches what an app left behind, in its group and out of it")
    func leftBehind() async throws {
        let run = try RunHarness()
        _ = try await run.group.start(
            run.plan("sleep 1000 & echo $!; setsid sleep 1000 >/dev/null 2>&1 & echo $!; exit 0"))
        _ = await run.group.untilOver()
        await run.group.stop()
        await run.end()
        let ids = try run.text().compactMap { Int32($0.split(separator: " ").last ?? "") }
        #expect(ids.count == 2)
        #expect(ids.allSatisfy { !runs($0) })
    }

    @Test("an app that ignores SIGTERM is killed after the grace, one that heeds it ends in its own way")
    func stubborn() async throws {
        let run = try RunHarness(endsWithApp: false)
        let stubborn = try await run.group.start(
            run.plan("trap '' TERM; sleep 1000; sleep 1000", appID: "stubborn"))
        let heeding = try await run.group.start(
            run.plan("trap 'echo bye; exit 4' TERM; echo ready; while :; do sleep 1; done", appID: "heeding"))
        await run.group.askStop()
        await run.end()
        #expect(try !runs(#require(stubborn)) && !runs(#require(heeding)))
        #expect(
            try run.text("errors").contains {
                $0.contains("signal: killed") && $0.contains("\"stubborn\"")
            })
    }

    @Test("a stop that comes first starts nothing, and says once that it has come")
    func stopFirst() async throws {
        let run = try RunHarness()
        await run.group.askStop()
        await run.group.askStop()
        #expect(try await run.group.start(run.plan("exit 0")) == nil)
        await run.end()
        #expect(
            try run.text() == [
                "",
                "ℹ️  Received signal to stop Dapr and app processes. Shutting down Dapr and app processes.",
            ])
    }
}
