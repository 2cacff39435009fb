internal import Reactor
internal import TestKit
import Testing

@Suite("Loop executor")
struct LoopExecutorTests {
    let harness = LoopHarness()

    @Test("what is posted on the loop runs in order, at the end of the turn")
    func order() {
        harness.driver.onLoop {
            for number in 0..<5 { harness.executor.post { [unowned harness] in harness.note("\(number)") } }
            #expect(harness.log.isEmpty)
        }
        #expect(harness.log == ["0", "1", "2", "3", "4"])
    }

    @Test("the calls of a turn's end come after its jobs, in the order they were given")
    func turnEnds() {
        harness.driver.onLoop {
            harness.executor.atTurnEnd { [unowned harness] in harness.note("first end") }
            harness.executor.atTurnEnd { [unowned harness] in harness.note("second end") }
            harness.executor.post { [unowned harness] in
                harness.note("job")
                harness.executor.post { [unowned harness] in harness.note("its job") }
            }
        }
        #expect(harness.log == ["job", "its job", "first end", "second end"])
    }

    @Test("what a turn's end posts runs in another turn, before the loop sleeps")
    func postFromTurnEnd() {
        var hasPosted = false
        harness.driver.onLoop {
            harness.executor.atTurnEnd { [unowned harness] in
                harness.note("end")
                if !hasPosted { harness.executor.post { [unowned harness] in harness.note("job") } }
                hasPosted = true
            }
        }
        #expect(harness.log == ["end", "job", "end"])
    }

    @Test("a flood of posts lets timers through after 64 rounds")
    func roundLimit() {
        let chain = Chain(harness.executor)
        harness.driver.onLoop {
            harness.insert(.monotonic, in: 0) { [unowned harness] in
                harness.note("timer after \(chain.count) posts")
            }
            chain.run(links: 1000)
        }
        #expect(harness.log == ["timer after \(LoopExecutor.maximumRounds) posts"])
        #expect(chain.count == 1000)
    }

    @Test("a flood of the loop's own posts lets those of other threads through")
    func inboxIsNotStarved() {
        let chain = Chain(harness.executor)
        let seen = Guarded<Int?>(nil)
        let executor = harness.executor
        harness.driver.onLoop {
            chain.run(links: 1000)
            LoopThread(named: "poster") { executor.post { seen.withLock { $0 = chain.count } } }.join()
        }
        #expect(seen.withLock { $0 } == 1)
        #expect(chain.count == 1000)
    }

    @Test("nobody is on a virtual loop between two pumps")
    func ownership() {
        #expect(!harness.executor.isOnLoop)
        harness.driver.onLoop { #expect(harness.executor.isOnLoop) }
        #expect(!harness.executor.isOnLoop)
        #expect(harness.executor.isIsolatingCurrentContext() == false)
    }

    @Test("an actor on the loop runs when the loop is turned")
    func actorOnAVirtualLoop() async {
        let counter = LoopCounter(harness.executor)
        let driver = harness.driver
        let task = Task { await counter.increment() }
        let started = Task.detached { await task.value }
        while !counter.hasRun { driver.onLoop {} }
        #expect(await started.value)
    }
}

@Suite("Virtual driver")
struct VirtualDriverTests {
    @Test("a run is the same to the letter for one seed", arguments: SeededGenerator.seeds)
    func deterministic(seed: UInt64) {
        #expect(run(seed: seed) == run(seed: seed))
    }

    @Test("some seeds give another order")
    func seedsDiffer() {
        #expect(Set(SeededGenerator.seeds.map(run)).count > 1)
    }

    @Test("a paused worker waits until it may run again")
    func pausing() {
        let harness = LoopHarness()
        let steps = Guarded(0)
        let worker = harness.driver.makeWorker(named: "writer") { steps.withLock { $0 += 1 } }
        harness.driver.setWorker("writer", isPaused: true)
        harness.driver.onLoop { worker.signal() }
        harness.driver.advance(milliseconds: 1000)
        #expect(steps.withLock { $0 } == 0)
        harness.driver.setWorker("writer", isPaused: false)
        #expect(steps.withLock { $0 } == 1)
    }

    @Test("a worker runs what was signalled before it stops")
    func stopping() {
        let harness = LoopHarness()
        let steps = Guarded(0)
        let worker = harness.driver.makeWorker(named: "writer") { steps.withLock { $0 += 1 } }
        worker.signal()
        worker.stop()
        #expect(steps.withLock { $0 } == 1)
    }

    /// Four workers that post to the loop and timers that signal them: what happened, in order.
    private func run(seed: UInt64) -> [String] {
        let harness = LoopHarness(seed: seed)
        let lines = Guarded<[String]>([])
        let executor = harness.executor
        let workers = (0..<4).map { number in
            harness.driver.makeWorker(named: "worker \(number)") {
                executor.post { lines.withLock { $0.append("worker \(number)") } }
            }
        }
        harness.driver.onLoop {
            for distance: Int64 in 1...10 {
                harness.insert(.monotonic, in: distance) {
                    lines.withLock { $0.append("timer \(distance)") }
                    for worker in workers { worker.signal() }
                }
            }
        }
        harness.driver.advance(milliseconds: 10)
        return lines.withLock { $0 }
    }
}

/// Posts that each post the next one, on the loop.
private final class Chain: @unchecked Sendable {
    // SAFETY: `links` is touched on the loop; `count` is read elsewhere only while the loop stands still.
    private let executor: LoopExecutor
    private var links = 0
    private(set) var count = 0

    init(_ executor: LoopExecutor) { self.executor = executor }

    func run(links: Int) {
        self.links = links
        next()
    }

    private func next() {
        guard count < links else { return }
        executor.post { [self] in
            count += 1
            next()
        }
    }
}
