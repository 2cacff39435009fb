import JobsRuntime
import Logging
import Reactor
import TestKit
import Testing

@Suite("Stopping a runtime: what is waited for, what is given up, and what is left behind")
struct StopTests {
    /// A runtime on a virtual loop.
    private final class Host: @unchecked Sendable {
        // SAFETY: one test uses it on its own thread, which is the loop's while it is pumped.
        let driver = VirtualDriver(startingAt: JobsHarness.start, seed: 1)
        let store: MemoryStore
        let loop: EventLoop
        let core: JobsCore
        let receiver: RecordingReceiver
        weak var jobs: AppJobs?
        weak var executor: JobExecutor?
        var answers: [String] = []
        var isStopped = false

        init(on store: MemoryStore = MemoryStore()) throws {
            self.store = store
            var options = JobsRuntime.Options(dataDirectory: nil, appID: "garage")
            options.listen = nil
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            loop = EventLoop(driver: driver)
            core = JobsCore(options: options, loop: loop, logger: logger)
            receiver = RecordingReceiver { [driver] in driver.virtualClock.wallNow }
            try onCore { try $0.start(storeID: 7, store: store) }
            onCore { core in
                jobs = core.jobs(of: "garage")
                executor = jobs?.executor
                _ = executor?.add(prefix: "", receiver: receiver)
            }
        }

        func onCore(_ body: (isolated JobsCore) throws -> Void) rethrows {
            try driver.onLoop { try core.assumeIsolated(body) }
        }

        func schedule(_ name: String, _ body: String) throws {
            let draft = try JobsHarness().draft(name, body)
            onCore { $0.submit(draft) { [unowned self] in answers.append($0) } }
        }

        /// Stops on a task of the loop.
        func stop() {
            driver.onLoop {
                _ = Task(executorPreference: loop.executor) { [core, self] in
                    await core.stop()
                    isStopped = true
                }
            }
        }
    }

    @Test("runs that never end are given up after the drain limit, and are repeated at the next start")
    func abandoned() throws {
        let host = try Host()
        host.receiver.answer = { _ in nil }
        try host.schedule("a", #"{"dueTime":"0s"}"#)
        host.driver.advance(milliseconds: 10)
        host.stop()
        host.driver.advance(milliseconds: 4999)
        #expect(host.isStopped == false)
        host.driver.advance(milliseconds: 1)
        #expect(host.isStopped)
        try host.store.reopen()
        let next = try Host(on: host.store)
        next.driver.advance(milliseconds: 10)
        #expect(
            next.receiver.deliveries.map(\.trigger.runID) == host.receiver.deliveries.map(\.trigger.runID))
    }

    @Test("a stop begins no run, waits for those under way, and has their results synced")
    func drained() throws {
        let host = try Host()
        host.receiver.answer = { _ in nil }
        try host.schedule("a", #"{"dueTime":"0s"}"#)
        try host.schedule("b", #"{"dueTime":"1s"}"#)
        host.driver.advance(milliseconds: 10)
        host.stop()
        host.driver.advance(milliseconds: 2000)
        #expect(host.receiver.names == ["a"])
        #expect(host.isStopped == false)
        host.driver.onLoop { host.receiver.finish(host.receiver.deliveries[0], .succeeded) }
        #expect(host.isStopped)
        try host.store.reopen()
        let next = try Host(on: host.store)
        next.driver.advance(milliseconds: 2000)
        #expect(next.receiver.names == ["b"])
    }

    @Test("commands that were accepted before a stop are synced and answered")
    func accepted() throws {
        let host = try Host()
        host.driver.setWorker("store-writer", isPaused: true)
        try host.schedule("a", #"{"dueTime":"1s"}"#)
        host.stop()
        host.driver.advance(milliseconds: 100)
        #expect(host.answers.isEmpty)
        #expect(host.isStopped == false)
        host.driver.setWorker("store-writer", isPaused: false)
        #expect(host.answers == ["scheduled"])
        #expect(host.isStopped)
    }

    @Test(
        "a stopped runtime leaves neither a timer on its loop nor itself in memory",
        arguments: ["well", "at fault", "hanging"])
    func nothingLeft(store: String) throws {
        let host = try Host()
        host.receiver.answer = { _ in nil }
        for index in 0..<10 { try host.schedule("job-\(index)", #"{"dueTime":"\#(index)s"}"#) }
        host.driver.advance(milliseconds: 3500)
        switch store {
        case "at fault":
            host.store.fault = .init(Garage.full, .beforeWriting)
            try host.schedule("late", #"{"dueTime":"1s"}"#)
        case "hanging": host.driver.setWorker("store-writer", isPaused: true)
        default: break
        }
        // Its result stays between the run and the disk.
        if store != "well" {
            host.driver.onLoop { host.receiver.finish(host.receiver.deliveries[0], .succeeded) }
            host.driver.advance(milliseconds: 20)
        }
        host.stop()
        host.driver.advance(milliseconds: 60_000)
        #expect(host.isStopped)
        #expect(host.driver.nextDeadline == nil)
        #expect(host.jobs == nil)
        #expect(host.executor == nil)
    }
}

extension JobsCore {
    fileprivate func submit(_ draft: JobDraft, _ answer: @escaping @Sendable (String) -> Void) {
        jobs(of: "garage")?.schedule(draft) { answer("\($0)") }
    }
}
