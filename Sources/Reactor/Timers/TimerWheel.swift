/// A hierarchical timing wheel: 8 levels of 64 slots, a millisecond a tick, 24 bytes a timer.
///
/// # Shape
/// A slot of level L spans 64^L ticks. A timer stands on the level of the highest 6-bit digit in which its deadline
/// differs from the present, so every timer of a level is due before every timer of the next, and the first occupied
/// slot of the lowest occupied level holds the earliest. Timers are linked through indices in one flat array, whose
/// first nodes are the heads of the lists; one bitmap a level says which slots are occupied.
///
/// # Cost
/// `insert` and `remove` are O(1). `advance` is O(timers due + timers that move down a level), never O(ticks): an empty
/// wheel may jump a year. A timer moves down at most 7 times.
///
/// # Limits
/// Ticks from 2⁴⁸ on, in the year 10889 of the wall clock, never come: such a timer waits until it is removed. At most
/// 2³² timers.
///
/// A pure value: it never reads a clock.
package struct TimerWheel {
    private struct Node {
        var next: UInt32
        var previous: UInt32
        var due: UInt64
        var generation: UInt32
    }

    private static let levels = 8
    private static let end: UInt64 = 1 << 48
    /// The list of timers whose deadline had passed when they were inserted.
    private static let overdue: UInt32 = 512
    /// The list of timers beyond the end of the wheel's time.
    private static let never: UInt32 = 513
    private static let heads: UInt32 = 514
    private static let noNode = UInt32.max

    private var nodes: [Node] = []
    private var occupied: InlineArray<8, UInt64> = .init(repeating: 0)
    private var now: UInt64
    private var free = Self.noNode

    /// Timers on the wheel.
    package private(set) var count = 0

    /// An empty wheel at the tick `now`.
    package init(now: Tick) {
        self.now = min(now.milliseconds, Self.end - 1)
        nodes.reserveCapacity(Int(Self.heads) + 64)
        for head in 0..<Self.heads { nodes.append(Node(next: head, previous: head, due: 0, generation: 0)) }
    }

    /// The tick that the wheel has been advanced to.
    package var currentTick: Tick { Tick(milliseconds: now) }

    // MARK: Insert and remove

    /// Adds a timer.
    ///
    /// One whose deadline has come already is due at the next `advance`, also to the same tick.
    package mutating func insert(deadline: Tick) -> TimerToken {
        let id: UInt32
        if free != Self.noNode {
            id = free
            free = nodes[Int(id)].next
        } else {
            id = UInt32(nodes.count)
            nodes.append(Node(next: 0, previous: 0, due: 0, generation: 0))
        }
        count += 1
        link(id, due: deadline.milliseconds)
        return TimerToken(index: id - Self.heads, generation: nodes[Int(id)].generation)
    }

    /// Takes a timer off; `false` for one that has fired or was removed before.
    @discardableResult
    package mutating func remove(_ token: TimerToken) -> Bool {
        let id = Int(token.index) + Int(Self.heads)
        guard id < nodes.count, nodes[id].generation == token.generation, nodes[id].previous != Self.noNode
        else {
            return false
        }
        let emptied = unlink(UInt32(id))
        if let emptied { occupied[Int(emptied >> 6)] &= ~(1 << UInt64(emptied & 63)) }
        release(UInt32(id))
        return true
    }

    // MARK: Time

    /// The tick until which nothing is to be done, or `nil` where nothing is.
    ///
    /// The earliest deadline if it is near, else the start of the slot that holds it, where timers move down a level:
    /// an owner that sleeps until each such tick and advances is at the deadline after 8 of them at most.
    package var nextDeadline: Tick? {
        if nodes[Int(Self.overdue)].next != Self.overdue { return Tick(milliseconds: now) }
        return nextSlot().map { Tick(milliseconds: $0.start) }
    }

    /// Moves to `tick` and appends to `due` every timer whose deadline is at or before it.
    ///
    /// In no particular order within a tick. A tick in the past only brings what is overdue.
    package mutating func advance(to tick: Tick, into due: inout [TimerToken]) {
        fireAll(of: Self.overdue, into: &due)
        let target = min(tick.milliseconds, Self.end - 1)
        while let slot = nextSlot(), slot.start <= target {
            now = max(now, slot.start)
            occupied[Int(slot.head >> 6)] &= ~(1 << UInt64(slot.head & 63))
            fireAll(of: slot.head, into: &due)
        }
        now = max(now, target)
    }

    /// Goes back to an earlier tick, when the clock was set back: every timer is placed anew.
    ///
    /// O(timers).
    package mutating func rewind(to tick: Tick) {
        guard tick.milliseconds < now else { return }
        var waiting: [UInt32] = []
        waiting.reserveCapacity(count)
        for head in 0..<Self.heads { detach(head) { waiting.append($0) } }
        occupied = .init(repeating: 0)
        now = tick.milliseconds
        for id in waiting { link(id, due: nodes[Int(id)].due) }
    }

    // MARK: Slots

    private func nextSlot() -> (start: UInt64, head: UInt32)? {
        for level in 0..<Self.levels where occupied[level] != 0 {
            let slot = UInt64(occupied[level].trailingZeroBitCount)
            let shift = UInt64(6 * level)
            let window = now & ~((1 << (shift + 6)) - 1)
            return (window | slot << shift, UInt32(level) * 64 + UInt32(slot))
        }
        return nil
    }

    /// Where a timer belongs at this moment.
    private func head(for due: UInt64) -> UInt32 {
        if due <= now { return Self.overdue }
        if due >= Self.end { return Self.never }
        let level = UInt32(63 - ((due ^ now) | 63).leadingZeroBitCount) / 6
        return level * 64 + UInt32(truncatingIfNeeded: due >> UInt64(6 * level)) & 63
    }

    private mutating func link(_ id: UInt32, due: UInt64) {
        let head = head(for: due)
        if head < Self.overdue { occupied[Int(head >> 6)] |= 1 << UInt64(head & 63) }
        var nodes = nodes.mutableSpan
        let last = nodes[Int(head)].previous
        nodes[Int(id)].next = head
        nodes[Int(id)].previous = last
        nodes[Int(id)].due = due
        nodes[Int(last)].next = id
        nodes[Int(head)].previous = id
    }

    /// Takes a node out of its list; answers the slot that is empty now, if one is.
    private mutating func unlink(_ id: UInt32) -> UInt32? {
        var nodes = nodes.mutableSpan
        let next = nodes[Int(id)].next
        let previous = nodes[Int(id)].previous
        nodes[Int(previous)].next = next
        nodes[Int(next)].previous = previous
        return next == previous && next < Self.overdue ? next : nil
    }

    private mutating func release(_ id: UInt32) {
        nodes[Int(id)].generation &+= 1
        nodes[Int(id)].next = free
        nodes[Int(id)].previous = Self.noNode
        free = id
        count -= 1
    }

    private mutating func fireAll(of head: UInt32, into due: inout [TimerToken]) {
        var id = nodes[Int(head)].next
        guard id != head else { return }
        nodes[Int(nodes[Int(head)].previous)].next = Self.noNode
        nodes[Int(head)].next = head
        nodes[Int(head)].previous = head
        while id != Self.noNode {
            let next = nodes[Int(id)].next
            if nodes[Int(id)].due <= now {
                due.append(TimerToken(index: id - Self.heads, generation: nodes[Int(id)].generation))
                release(id)
            } else {
                link(id, due: nodes[Int(id)].due)
            }
            id = next
        }
    }

    private mutating func detach(_ head: UInt32, _ body: (UInt32) -> Void) {
        var id = nodes[Int(head)].next
        while id != head {
            let next = nodes[Int(id)].next
            body(id)
            id = next
        }
        nodes[Int(head)].next = head
        nodes[Int(head)].previous = head
    }
}
