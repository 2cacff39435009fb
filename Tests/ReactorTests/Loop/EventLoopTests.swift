internal import Reactor
import Testing

/// On a real loop, with a thread of its own.
@Suite("Event loop")
struct EventLoopTests {
    @Test("posts from other threads arrive in the order in which each thread made them")
    func postsInOrder() throws {
        let loop = try EventLoop()
        let executor = loop.executor
        let arrived = Guarded<[[Int]]>(Array(repeating: [], count: 4))
        let threads = (0..<4).map { thread in
            LoopThread(named: "poster") {
                for number in 0..<5000 { executor.post { arrived.withLock { $0[thread].append(number) } } }
            }
        }
        for thread in threads { thread.join() }
        loop.shutdown()
        #expect(arrived.withLock { $0 } == Array(repeating: Array(0..<5000), count: 4))
    }

    @Test("a post runs on the loop's thread, and what it posts too")
    func postsOnTheLoop() async throws {
        let loop = try EventLoop()
        let executor = loop.executor
        let where_ = await withCheckedContinuation { continuation in
            executor.post {
                let outer = executor.isOnLoop
                executor.post { continuation.resume(returning: outer && executor.isOnLoop) }
            }
        }
        #expect(where_)
        #expect(!executor.isOnLoop)
        loop.shutdown()
    }

    @Test("an actor on the loop's executor runs on the loop's thread")
    func actorOnTheLoop() async throws {
        let loop = try EventLoop()
        let counter = LoopCounter(loop.executor)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<200 { group.addTask { await counter.increment() } }
            for await isOnLoop in group { #expect(isOnLoop) }
        }
        #expect(await counter.count == 200)
        loop.shutdown()
    }

    @Test("a task that prefers the loop's executor runs there, also after it has waited")
    func taskOnTheLoop() async throws {
        let loop = try EventLoop()
        let executor = loop.executor
        let places = await Task(executorPreference: executor) {
            let before = executor.isOnLoop
            await Task.yield()
            return [before, executor.isOnLoop]
        }.value
        #expect(places == [true, true])
        loop.shutdown()
    }

    @Test("timers of both clocks fire on the loop's thread, not before their deadlines")
    func timers() async throws {
        let loop = try EventLoop()
        let executor = loop.executor
        for kind in [LoopTimers.Kind.wall, .monotonic] {
            let isDue = await withCheckedContinuation { continuation in
                executor.post {
                    let timers = executor.timers
                    let now = kind == .wall ? timers.wallNow.deadlineTick : timers.monotonicNow
                    let deadline = now.advanced(byMilliseconds: 3)
                    let target = CallingTarget {
                        let now = kind == .wall ? timers.wallNow.currentTick : timers.monotonicNow
                        continuation.resume(returning: executor.isOnLoop && now >= deadline)
                    }
                    _ = timers.insert(kind, at: deadline, for: target)
                }
            }
            #expect(isDue)
        }
        loop.shutdown()
    }

    @Test("what was posted before the end runs before it; a post or another end after it is harmless")
    func shutdown() throws {
        for _ in 0..<20 {
            let loop = try EventLoop()
            let executor = loop.executor
            let ran = Guarded(0)
            for _ in 0..<100 { executor.post { ran.withLock { $0 += 1 } } }
            loop.shutdown()
            #expect(ran.withLock { $0 } == 100)
            executor.post {}
            loop.shutdown()
        }
    }
}
