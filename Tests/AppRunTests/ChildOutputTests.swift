import Glibc
import Reactor
import TestKit
import Testing

/// What a child printed and nobody has read yet, when all of it is to end.
@Suite("Output of a child", .timeLimit(.minutes(2)))
struct ChildOutputTests {
    @Test("a stop waits for a reader that is slow, as long as it takes some")
    func steadyReader() async throws {
        #expect(try await Self.lines(isRead: true) == Self.printed)
    }

    @Test("a stop gives up on a reader that stands still")
    func stuckReader() async throws {
        #expect(try await Self.lines(isRead: false) < Self.printed)
    }

    /// More than one read takes, less than a pipe holds.
    private static let printed = 60_000

    private static func lines(isRead: Bool) async throws -> Int {
        let folder = try TemporaryFolder()
        let loop = try EventLoop()
        let run = ChildRun(on: loop.executor)
        let count = try await run.lines(
            of: "head -c \(printed) /dev/zero | tr '\\0' '\\n'", in: folder.path, isRead: isRead)
        loop.shutdown()
        return count
    }
}

/// A sink that is full after the first read until it was looked at a few times.
private final class SlowSink: LineSink {
    /// More often than at the end of the child; it is looked at for two outputs.
    private static let looks = 6

    private let isRead: Bool
    private var looked = 0
    private var waiting: [@Sendable () -> Void] = []
    private(set) var count = 0

    init(isRead: Bool) { self.isRead = isRead }

    func take(_ line: [UInt8]) { count += 1 }

    var isFull: Bool { looked < Self.looks }

    func whenRoom(_ call: @escaping @Sendable () -> Void) { waiting.append(call) }

    var passedOn: Int {
        guard isRead else { return 0 }
        looked += 1
        if looked == Self.looks { for call in waiting { call() } }
        return looked
    }
}

/// One child, which is asked to end once it has.
private actor ChildRun {
    private nonisolated let executor: LoopExecutor
    private var watcher: Watcher?

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    init(on executor: LoopExecutor) { self.executor = executor }

    /// How many lines came of a script, when nothing of it is left.
    func lines(of script: String, in folder: String, isRead: Bool) async throws -> Int {
        guard let sockets = executor.driver.sockets else { throw TestFailure("a loop without sockets") }
        let sink = SlowSink(isRead: isRead)
        let watcher = Watcher { [executor, unowned self] in
            executor.post { self.assumeIsolated { $0.watcher?.child?.resume() } }
        }
        self.watcher = watcher
        var options = Reactor.ChildProcess.Options(
            command: ["sh", "-c", script], folder: folder, environment: ["PATH": "/usr/bin:/bin"],
            output: .lines(sink))
        options.keeper = try Products.path(of: "mainspring")
        watcher.child = try Reactor.ChildProcess(
            options, loop: sockets, timers: executor.timers, delegate: watcher)
        await withCheckedContinuation { watcher.gone = $0 }
        return sink.count
    }

    private final class Watcher: ChildProcessDelegate {
        let onRoom: @Sendable () -> Void
        var child: Reactor.ChildProcess?
        var gone: CheckedContinuation<Void, Never>?

        init(onRoom: @escaping @Sendable () -> Void) { self.onRoom = onRoom }

        func childStarted(_ child: Reactor.ChildProcess, id: Int32) {}

        func childEnded(_ child: Reactor.ChildProcess, _ ending: ChildEnding) { child.terminate() }

        func childGone(_ child: Reactor.ChildProcess) {
            self.child = nil
            gone?.resume()
        }
    }
}
