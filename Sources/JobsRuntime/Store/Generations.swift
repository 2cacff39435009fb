/// Gives out generations: numbers that no job of a store has had, whatever app it is of.
///
/// On the loop only. One for each store, as all its lanes write through the same groups.
package final class Generations {
    /// Generations that one write reserves; a restart leaves at most this many unused.
    package static let block: UInt64 = 1 << 16

    private var last: UInt64
    private var reserved: UInt64

    package init(_ opened: OpenedStore) {
        last = opened.reservedGeneration
        reserved = opened.reservedGeneration
    }

    /// A generation that no job of this store has had.
    package func make() -> UInt64 {
        last += 1
        return last
    }

    /// Writes a new block's end before the first job that uses it; a group is atomic, so no crash comes
    /// between.
    func reserve(_ generation: UInt64, in group: CommitGroup) {
        guard generation > reserved else { return }
        reserved = generation + Self.block
        write(in: group)
    }

    /// The store answers again: writes once more what a failed group may have taken with it, before any new
    /// job.
    func storeRecovered(in group: CommitGroup) {
        if reserved > 0 { write(in: group) }
    }

    private func write(in group: CommitGroup) {
        group.begin { _ in }
        group.operations.put(StoreKeys.generation, version: reserved)
    }
}
