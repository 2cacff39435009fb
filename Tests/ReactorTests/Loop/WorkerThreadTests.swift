internal import Reactor
import Testing

@Suite("Worker thread")
struct WorkerThreadTests {
    @Test("what was signalled before the end runs before it")
    func stopRunsWhatWasSignalled() {
        for _ in 0..<200 {
            let steps = Guarded(0)
            let worker = WorkerThread(named: "worker") { steps.withLock { $0 += 1 } }
            worker.signal()
            worker.stop()
            #expect(steps.withLock { $0 } == 1)
        }
    }

    @Test("a worker that was never signalled ends without a step")
    func stopWithoutSignal() {
        let worker = WorkerThread(named: "worker") { Issue.record("nobody asked") }
        worker.stop()
    }

    @Test("a step sees all that was added before its signal, and no two run at a time")
    func handsOver() {
        let inbox = Guarded<[Int]>([])
        let taken = Guarded<[Int]>([])
        let running = Guarded(0)
        let worker = WorkerThread(named: "worker") {
            let atATime = running.withLock { count in
                count += 1
                return count
            }
            #expect(atATime == 1)
            let items = inbox.withLock { items in
                defer { items = [] }
                return items
            }
            taken.withLock { $0 += items }
            running.withLock { $0 -= 1 }
        }
        for number in 0..<10_000 {
            inbox.withLock { $0.append(number) }
            worker.signal()
        }
        worker.stop()
        #expect(taken.withLock { $0 } == Array(0..<10_000))
    }
}
