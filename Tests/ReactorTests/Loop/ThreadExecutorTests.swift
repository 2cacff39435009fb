internal import Glibc
internal import Reactor
import Testing

@Suite("Thread executor")
struct ThreadExecutorTests {
    @Test("the body runs on the calling thread, also after it has waited for a loop")
    func callingThread() throws {
        let loop = try EventLoop()
        let threads = Guarded<[pthread_t]>([])
        let thread = LoopThread(named: "caller") {
            ThreadExecutor().run {
                threads.withLock { $0.append(pthread_self()) }
                let onLoop = await Visitor(loop).thread()
                threads.withLock { $0 += [onLoop, pthread_self()] }
            }
            threads.withLock { $0.append(pthread_self()) }
        }
        thread.join()
        loop.shutdown()
        let seen = threads.withLock { $0 }
        try #require(seen.count == 4)
        let caller = seen[3]
        #expect(seen[0] == caller && seen[2] == caller)
        #expect(seen[1] != caller)
    }
}

/// An actor on a loop, which says on which thread it runs.
private actor Visitor {
    private let loop: EventLoop

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.unownedExecutor }

    init(_ loop: EventLoop) { self.loop = loop }

    func thread() -> pthread_t { pthread_self() }
}
