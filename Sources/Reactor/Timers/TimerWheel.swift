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
/// # Speed
/// Each operation borrows the nodes once, as a span: an array that is a property checks on each access whether it is
/// shared. What is left is memory: a timer at random among a million is four cache lines away.
///
/// A pure value: it never reads a clock.
package struct TimerWheel {
    /// A timer, the head of a list, or a free node: that has no `previous`, and its `next` is free too.
    private struct Node {
        var next = noNode
        var previous = noNode
        var due: UInt64 = 0
        var generation: UInt32 = 0

        /// What is left of a timer: its tokens are stale from here on.
        func released(before free: UInt32) -> Node {
            Node(next: free, previous: noNode, due: 0, generation: generation &+ 1)
        }
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
    /// A bit a slot, a word a level; the ninth word has the two lists that are on no level.
    private var occupied: InlineArray<9, UInt64> = .init(repeating: 0)
    private var now: UInt64
    private var free = Self.noNode

    /// Timers on the wheel.
    package private(set) var count = 0

    /// An empty wheel at the tick `now`.
    package init(now: Tick) {
        self.now = min(now.milliseconds, Self.end - 1)
        nodes.reserveCapacity(Int(Self.heads) + 64)
        for head in 0..<Self.heads { nodes.append(Node(next: head, previous: head)) }
    }

    /// The tick that the wheel has been advanced to.
    package var currentTick: Tick { Tick(milliseconds: now) }

    // MARK: Insert and remove

    /// Adds a timer.
    ///
    /// One whose deadline has come already is due at the next `advance`, also to the same tick.
    package mutating func insert(deadline: Tick) -> TimerToken {
        if free == Self.noNode { addNode() }
        let id = free
        let due = deadline.milliseconds
        let head = Self.head(for: due, at: now)
        let generation = nodes[Int(id)].generation
        free = nodes[Int(id)].next
        occupied[Int(head >> 6)] |= 1 << UInt64(head & 63)
        count += 1
        var nodes = nodes.mutableSpan
        Self.append(id, Node(due: due, generation: generation), to: head, of: &nodes)
        return TimerToken(index: id - Self.heads, generation: generation)
    }

    /// Takes a timer off; `false` for one that has fired or was removed before.
    @discardableResult
    package mutating func remove(_ token: TimerToken) -> Bool {
        let id = Int(token.index) + Int(Self.heads)
        guard id < nodes.count else { return false }
        let node = nodes[id]
        guard node.generation == token.generation, node.previous != Self.noNode else { return false }
        let released = node.released(before: free)
        free = UInt32(id)
        count -= 1
        // One neighbour on both sides is the head: nothing else is left.
        if node.next == node.previous { occupied[Int(node.next >> 6)] &= ~(1 << UInt64(node.next & 63)) }
        var nodes = nodes.mutableSpan
        nodes[Int(node.previous)].next = node.next
        nodes[Int(node.next)].previous = node.previous
        nodes[id] = released
        return true
    }

    // MARK: Time

    /// The tick until which nothing is to be done, or `nil` where nothing is.
    ///
    /// The earliest deadline if it is near, else the start of the slot that holds it, where timers move down a level:
    /// an owner that sleeps until each such tick and advances is at the deadline after 8 of them at most.
    package var nextDeadline: Tick? {
        if occupied[8] & 1 != 0 { return Tick(milliseconds: now) }
        return nextSlot().map { Tick(milliseconds: $0.start) }
    }

    /// Moves to `tick` and appends to `due` every timer whose deadline is at or before it.
    ///
    /// In no particular order within a tick. A tick in the past only brings what is overdue.
    package mutating func advance(to tick: Tick, into due: inout [TimerToken]) {
        if occupied[8] & 1 != 0 { fireAll(of: Self.overdue, into: &due) }
        let target = min(tick.milliseconds, Self.end - 1)
        while let slot = nextSlot(), slot.start <= target {
            now = max(now, slot.start)
            fireAll(of: slot.head, into: &due)
        }
        now = max(now, target)
    }

    /// Goes back to an earlier tick, when the clock was set back: every timer is placed anew.
    ///
    /// O(timers).
    package mutating func rewind(to tick: Tick) {
        guard tick.milliseconds < now else { return }
        now = tick.milliseconds
        let now = now
        var occupied = InlineArray<9, UInt64>(repeating: 0)
        do {
            var nodes = nodes.mutableSpan
            for head in 0..<Self.heads { nodes[Int(head)] = Node(next: head, previous: head) }
            for id in Int(Self.heads)..<nodes.count where nodes[id].previous != Self.noNode {
                let head = Self.head(for: nodes[id].due, at: now)
                occupied[Int(head >> 6)] |= 1 << UInt64(head & 63)
                Self.append(UInt32(id), nodes[id], to: head, of: &nodes)
            }
        }
        self.occupied = occupied
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

    /// The list that a timer belongs to at the tick `now`.
    private static func head(for due: UInt64, at now: UInt64) -> UInt32 {
        if due <= now { return overdue }
        if due >= end { return never }
        let level = UInt32(63 - ((due ^ now) | 63).leadingZeroBitCount) / 6
        return level * 64 + UInt32(truncatingIfNeeded: due >> UInt64(6 * level)) & 63
    }

    /// Writes a node at the end of a list.
    private static func append(_ id: UInt32, _ node: Node, to head: UInt32, of nodes: inout MutableSpan<Node>)
    {
        let last = nodes[Int(head)].previous
        nodes[Int(id)] = Node(next: head, previous: last, due: node.due, generation: node.generation)
        nodes[Int(last)].next = id
        nodes[Int(head)].previous = id
    }

    /// Makes room for one more timer, as the first free node.
    private mutating func addNode() {
        free = UInt32(nodes.count)
        nodes.append(Node())
    }

    /// Empties a slot that the present has come to: what is due fires, the rest moves down.
    private mutating func fireAll(of head: UInt32, into due: inout [TimerToken]) {
        occupied[Int(head >> 6)] &= ~(1 << UInt64(head & 63))
        // While the nodes are borrowed the rest of the wheel is out of reach.
        let now = now
        var (occupied, free, fired) = (occupied, free, 0)
        do {
            var nodes = nodes.mutableSpan
            var id = nodes[Int(head)].next
            nodes[Int(head)] = Node(next: head, previous: head)
            while id != head {
                let node = nodes[Int(id)]
                if node.due <= now {
                    due.append(TimerToken(index: id - Self.heads, generation: node.generation))
                    nodes[Int(id)] = node.released(before: free)
                    free = id
                    fired += 1
                } else {
                    let lower = Self.head(for: node.due, at: now)
                    occupied[Int(lower >> 6)] |= 1 << UInt64(lower & 63)
                    Self.append(id, node, to: lower, of: &nodes)
                }
                id = node.next
            }
        }
        self.occupied = occupied
        self.free = free
        count -= fired
    }
}
