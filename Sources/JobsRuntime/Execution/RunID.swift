/// Names a tick across its attempts: the same for each retry, different for each tick, never used again.
package struct RunID: Sendable, Hashable, CustomStringConvertible {
    /// The store that the job was scheduled in.
    package let store: UInt64
    /// Which schedule of the job, counted over the store.
    package let generation: UInt64
    /// Which tick of the job, from 1.
    package let tick: UInt64

    package init(store: UInt64, generation: UInt64, tick: UInt64) {
        self.store = store
        self.generation = generation
        self.tick = tick
    }

    /// As handlers and apps see it: the three numbers, the first in hexadecimal, joined by dashes.
    package var description: String { "\(String(store, radix: 16))-\(generation)-\(tick)" }
}
