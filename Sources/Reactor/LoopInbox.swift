/// What other threads want done on the loop, in the order in which they asked.
///
/// The one door from a foreign thread to a loop. Unbounded on purpose: what comes in are continuations of tasks and
/// completions of workers, both bounded where they begin.
package final class LoopInbox: @unchecked Sendable {
    // SAFETY: `waiting` is touched with the lock held only.
    /// One thing to do: a job of Swift's concurrency, or a call from a worker.
    enum Item {
        case job(UnownedJob)
        case call(@Sendable () -> Void)
    }

    private let lock = Lock()
    private var waiting: [Item] = []

    /// Adds an item, and says whether the inbox was empty: then, and only then, the loop must be woken.
    func push(_ item: Item) -> Bool {
        lock.withLock {
            waiting.append(item)
            return waiting.count == 1
        }
    }

    /// Moves what waits to the end of `items`; where that is empty, the two swap their memory.
    func take(into items: inout [Item]) {
        lock.withLock {
            if items.isEmpty {
                swap(&waiting, &items)
            } else if !waiting.isEmpty {
                items.append(contentsOf: waiting)
                waiting.removeAll(keepingCapacity: true)
            }
        }
    }
}
