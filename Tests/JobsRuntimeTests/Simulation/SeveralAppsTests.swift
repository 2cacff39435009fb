import JobsRuntime
import Logging
import Reactor
import TestKit
import Testing

@Suite("Several apps in one runtime: one loop, one store, and nothing in common")
struct SeveralAppsTests {
    /// A runtime of two apps on a virtual loop.
    private final class Host: @unchecked Sendable {
        // SAFETY: one test uses it on its own thread, which is the loop's while it is pumped.
        let driver = VirtualDriver(startingAt: JobsHarness.start, seed: 1)
        let store: MemoryStore
        let loop: EventLoop
        let core: JobsCore
        var receivers: [String: RecordingReceiver] = [:]
        var isStopped = false
        private var answer: String?

        init(on store: MemoryStore = MemoryStore(), limits: JobLimits = JobLimits()) throws {
            self.store = store
            var options = JobsRuntime.Options(dataDirectory: nil, appID: "service")
            options.furtherApps = [JobsRuntime.App(id: "scheduler")]
            options.jobs = limits
            loop = EventLoop(driver: driver)
            core = JobsCore(
                options: options, loop: loop, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            try onCore { try $0.start(storeID: 7, store: store) }
            for app in ["service", "scheduler"] {
                let receiver = RecordingReceiver { [driver] in driver.virtualClock.wallNow }
                receivers[app] = receiver
                onCore { _ = $0.jobs(of: app)?.executor.add(prefix: "", receiver: receiver) }
            }
        }

        func onCore(_ body: (isolated JobsCore) throws -> Void) rethrows {
            try driver.onLoop { try core.assumeIsolated(body) }
        }

        /// Schedules a job; answers what became of it, or `nil` while that is open.
        func schedule(_ name: String, _ body: String, of app: String) throws -> String? {
            let draft = try JobsHarness(app: AppIdentity(appID: app)).draft(name, body)
            answer = nil
            onCore { $0.schedule(draft, of: app) { [unowned self] in answer = $0 } }
            return answer
        }

        func delete(_ name: String, of app: String) -> String? {
            answer = nil
            onCore { $0.delete(Array(name.utf8), of: app) { [unowned self] in answer = $0 } }
            return answer
        }

        func names(of app: String) -> [String] { receivers[app]?.names ?? [] }

        func stop() {
            driver.onLoop {
                _ = Task(executorPreference: loop.executor) { [core, self] in
                    await core.stop()
                    isStopped = true
                }
            }
        }
    }

    @Test("each app's jobs fire at its own receiver, though they bear one name")
    func apart() throws {
        let host = try Host()
        #expect(try host.schedule("r2-d2", #"{"dueTime":"1s"}"#, of: "service") == "scheduled")
        #expect(try host.schedule("r2-d2", #"{"dueTime":"2s"}"#, of: "scheduler") == "scheduled")
        #expect(try host.schedule("r2-d2", #"{"dueTime":"2s"}"#, of: "scheduler") == "exists")
        host.driver.advance(milliseconds: 1000)
        #expect(host.names(of: "service") == ["r2-d2"])
        #expect(host.names(of: "scheduler") == [])
        host.driver.advance(milliseconds: 1000)
        #expect(host.names(of: "scheduler") == ["r2-d2"])
    }

    @Test("a delete of one app's job leaves the other's")
    func deleted() throws {
        let host = try Host()
        for app in ["service", "scheduler"] {
            _ = try host.schedule("a", #"{"dueTime":"1s"}"#, of: app)
        }
        #expect(host.delete("a", of: "service") == "deleted")
        host.driver.advance(milliseconds: 1000)
        #expect(host.names(of: "service") == [])
        #expect(host.names(of: "scheduler") == ["a"])
    }

    @Test("no two jobs of a store have one generation, whatever app they are of, across restarts")
    func generations() throws {
        let store = MemoryStore()
        var generations: Set<UInt64> = []
        for round in 0..<3 {
            let host = try Host(on: store)
            for app in ["service", "scheduler"] {
                _ = try host.schedule("job-\(round)", #"{"dueTime":"1h"}"#, of: app)
                let keys = LaneKeys(namespace: "default", appID: app)
                var (key, value): ([UInt8], [UInt8]) = ([], [])
                keys.spec(Array("job-\(round)".utf8), into: &key)
                let generation = try #require(try store.get(key.span, into: &value))
                #expect(generations.insert(generation).inserted)
            }
            // A crash: nothing is closed in order.
            host.driver.setWorker("store-writer", isPaused: true)
            host.driver.setWorker("store-reader", isPaused: true)
        }
        #expect(generations.count == 6)
    }

    @Test("a fault of the store holds all apps, and all go on when it answers")
    func fault() throws {
        let host = try Host()
        for app in ["service", "scheduler"] {
            _ = try host.schedule("kept", #"{"dueTime":"10s"}"#, of: app)
        }
        host.store.fault = .init(Garage.full, .beforeWriting)
        _ = try host.schedule("lost", #"{"dueTime":"1s"}"#, of: "service")
        #expect(
            try host.schedule("refused", #"{"dueTime":"1s"}"#, of: "scheduler")?.hasPrefix("notStored")
                == true)
        host.store.fault = nil
        host.driver.advance(milliseconds: 10_000)
        for app in ["service", "scheduler"] {
            #expect(host.names(of: app) == ["kept"])
            #expect(try host.schedule("after", #"{"dueTime":"1s"}"#, of: app) == "scheduled")
        }
        host.driver.advance(milliseconds: 1000)
        for app in ["service", "scheduler"] { #expect(host.names(of: app) == ["kept", "after"]) }
    }

    @Test("an app that is behind keeps no other's low-water mark down")
    func marks() throws {
        var limits = JobLimits()
        limits.keysRemovedPerMark = 10
        let host = try Host(limits: limits)
        host.receivers["service"]?.isAccepting = false
        _ = try host.schedule("held", #"{"dueTime":"1s"}"#, of: "service")
        for index in 0..<50 {
            _ = try host.schedule("job-\(index)", #"{"dueTime":"\#(index + 1)s"}"#, of: "scheduler")
        }
        host.driver.advance(milliseconds: 120_000)
        _ = try host.schedule("next", #"{"dueTime":"1h"}"#, of: "scheduler")
        host.driver.advance(milliseconds: 3_600_000)
        let mark = try OpenedStore.mark(
            of: LaneKeys(namespace: "default", appID: "scheduler"), in: host.store)
        #expect((mark?.time).map { $0 > JobsHarness.start + .seconds(40) } == true)
        #expect(host.names(of: "service") == [])
        host.receivers["service"]?.isAccepting = true
        host.driver.advance(milliseconds: 10)
        #expect(host.names(of: "service") == ["held"])
    }

    @Test("a stop waits for the runs of all apps")
    func drained() throws {
        let host = try Host()
        for app in ["service", "scheduler"] {
            host.receivers[app]?.answer = { _ in nil }
            _ = try host.schedule("a", #"{"dueTime":"0s"}"#, of: app)
        }
        host.driver.advance(milliseconds: 10)
        host.stop()
        for app in ["service", "scheduler"] {
            #expect(host.isStopped == false)
            let receiver = try #require(host.receivers[app])
            host.driver.onLoop { receiver.finish(receiver.deliveries[0], .succeeded) }
        }
        #expect(host.isStopped)
    }
}

extension JobsCore {
    fileprivate func schedule(
        _ draft: JobDraft, of app: String, _ answer: @escaping @Sendable (String) -> Void
    ) {
        jobs(of: app)?.schedule(draft) { answer("\($0)") }
    }

    fileprivate func delete(_ name: [UInt8], of app: String, _ answer: @escaping @Sendable (String) -> Void) {
        jobs(of: app)?.delete(name) { answer("\($0)") }
    }
}
