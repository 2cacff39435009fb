/// A hierarchical timing wheel: 11 levels of 64 slots, a millisecond a tick, 24 bytes a timer.
///
/// # Shape
/// A slot of level L spans 64^L ticks. A timer stands on the level of the highest 6-bit digit in which its deadline
/// differs from the present, so every timer of a level is due before every timer of the next, and the first occupied
/// slot of the lowest occupied level holds the earliest. Timers are linked through indices in one flat array, whose
/// first nodes are the heads of the lists; one bitmap a level says which slots are occupied. A head also keeps the
/// earliest deadline of its list: a slot is opened when that comes, or is passed, and not when the slot itself begins.
///
/// # Cost
/// `insert` and `remove` are O(1). `advance` is O(timers due + timers that move down a level), never O(ticks): an empty
/// wheel may jump a year. A timer moves down at most 10 times, and at most 5 if it is due within two years.
///
/// # Limits
/// Every tick of 64 bits can come. At most 2³² − 706 timers.
///
/// # Speed
/// Each operation borrows the nodes once, as a span: an array that is a property checks on each access whether it is
/// shared. What is left is memory: a timer at random among a million is four cache lines away.
///
/// A pure value: it never reads a clock.
package struct TimerWheel {
    /// A timer, the head of a list, or a free node: that has no `previous`, and its `next` is free too.
    ///
    /// `due` of a head is no later than the earliest deadline of its list.
    private struct Node {
        var next = noNode
        var previous = noNode
        var due: UInt64 = 0
        var generation: UInt32 = 0

        /// The head of an empty list.
        static func head(_ head: UInt32) -> Node { Node(next: head, previous: head, due: .max) }

        /// What is left of a timer: its tokens are stale from here on.
        func released(before free: UInt32) -> Node {
            Node(next: free, previous: noNode, due: 0, generation: generation &+ 1)
        }
    }

    /// As many as it takes for the digits of every tick: none is too far.
    private static let levels = 11
    /// The list of timers whose deadline had passed when they were inserted.
    private static let overdue: UInt32 = 704
    private static let heads: UInt32 = 705
    private static let noNode = UInt32.max

    /// All that there is beside the nodes.
    private struct State {
        var now: UInt64
        /// A bit a slot, a word a level; the twelfth word has the list that is on no level.
        var occupied: InlineArray<12, UInt64> = .init(repeating: 0)
        var free = noNode
        var count = 0

        /// The list that a timer belongs to now, which is not empty from here on.
        mutating func occupy(for due: UInt64) -> UInt32 {
            let head = head(for: due)
            occupied[Int(head >> 6)] |= 1 << UInt64(head & 63)
            return head
        }

        mutating func vacate(_ head: UInt32) { occupied[Int(head >> 6)] &= ~(1 << UInt64(head & 63)) }

        private func head(for due: UInt64) -> UInt32 {
            if due <= now { return overdue }
            let level = UInt32(63 - ((due ^ now) | 63).leadingZeroBitCount) / 6
            return level * 64 + UInt32(truncatingIfNeeded: due >> UInt64(6 * level)) & 63
        }
    }

    private var nodes: [Node] = []
    private var state: State

    /// Timers on the wheel.
    package var count: Int { state.count }

    /// An empty wheel at the tick `now`.
    package init(now: Tick) {
        state = State(now: now.milliseconds)
        nodes.reserveCapacity(Int(Self.heads) + 64)
        for head in 0..<Self.heads { nodes.append(.head(head)) }
    }

    /// The tick that the wheel has been advanced to.
    package var currentTick: Tick { Tick(milliseconds: state.now) }

    // MARK: Insert and remove

    /// Adds a timer.
    ///
    /// One whose deadline has come already is due at the next `advance`, also to the same tick.
    package mutating func insert(deadline: Tick) -> TimerToken {
        if state.free == Self.noNode { addNode() }
        let id = state.free
        let due = deadline.milliseconds
        let head = state.occupy(for: due)
        let generation = nodes[Int(id)].generation
        state.free = nodes[Int(id)].next
        state.count += 1
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
        let released = node.released(before: state.free)
        state.free = UInt32(id)
        state.count -= 1
        // One neighbour on both sides is the head: nothing else is left.
        let isLast = node.next == node.previous
        if isLast { state.vacate(node.next) }
        var nodes = nodes.mutableSpan
        if isLast { nodes[Int(node.next)].due = .max }
        nodes[Int(node.previous)].next = node.next
        nodes[Int(node.next)].previous = node.previous
        nodes[id] = released
        return true
    }

    // MARK: Time

    /// The earliest deadline, or the present where that has passed; `nil` where there is none.
    ///
    /// Exact, and O(1), but for removals: the deadline of a timer that was removed stays until it has come or its slot is
    /// empty. An owner that sleeps until then wakes once too often, as early as that, and never too late.
    package var nextDeadline: Tick? {
        hasOverdue ? currentTick : nextSlot().map { Tick(milliseconds: nodes[Int($0.head)].due) }
    }

    /// Moves to `tick` and appends to `due` every timer whose deadline is at or before it.
    ///
    /// In no particular order within a tick. A tick in the past only brings what is overdue.
    package mutating func advance(to tick: Tick, into due: inout [TimerToken]) {
        if hasOverdue { Self.empty(Self.overdue, &nodes, &state, into: &due) }
        let target = tick.milliseconds
        while let slot = nextSlot(), slot.start <= target {
            // Nothing is due before the slot's earliest: from there its timers have the least way to go. The slot must be
            // opened even if that lies beyond the target, since the present may not stand in an occupied slot.
            state.now = min(nodes[Int(slot.head)].due, target)
            Self.empty(slot.head, &nodes, &state, into: &due)
        }
        state.now = max(state.now, target)
    }

    /// Goes back to an earlier tick, when the clock was set back: every timer is placed anew.
    ///
    /// O(timers).
    package mutating func rewind(to tick: Tick) {
        guard tick.milliseconds < state.now else { return }
        state.now = tick.milliseconds
        state.occupied = .init(repeating: 0)
        Self.placeAll(&nodes, &state)
    }

    // MARK: Slots

    private var hasOverdue: Bool { state.occupied[11] & 1 != 0 }

    private func nextSlot() -> (start: UInt64, head: UInt32)? {
        for level in 0..<Self.levels where state.occupied[level] != 0 {
            let slot = UInt64(state.occupied[level].trailingZeroBitCount)
            let shift = UInt64(6 * level)
            let start = ((state.now >> shift) & ~63 | slot) << shift
            return (start, UInt32(level) * 64 + UInt32(slot))
        }
        return nil
    }

    /// Writes a node at the end of a list.
    private static func append(_ id: UInt32, _ node: Node, to head: UInt32, of nodes: inout MutableSpan<Node>)
    {
        let last = nodes[Int(head)].previous
        nodes[Int(id)] = Node(next: head, previous: last, due: node.due, generation: node.generation)
        nodes[Int(last)].next = id
        nodes[Int(head)].previous = id
        if node.due < nodes[Int(head)].due { nodes[Int(head)].due = node.due }
    }

    /// Makes room for one more timer, as the first free node.
    private mutating func addNode() {
        state.free = UInt32(nodes.count)
        nodes.append(Node())
    }

    // A span of a property borrows the whole wheel; these two borrow its halves, and so can write to both.

    /// Empties a slot that the present has come to: what is due fires, the rest moves down.
    private static func empty(
        _ head: UInt32, _ nodes: inout [Node], _ state: inout State, into due: inout [TimerToken]
    ) {
        state.vacate(head)
        var nodes = nodes.mutableSpan
        var id = nodes[Int(head)].next
        nodes[Int(head)] = .head(head)
        while id != head {
            let node = nodes[Int(id)]
            if node.due <= state.now {
                due.append(TimerToken(index: id - heads, generation: node.generation))
                nodes[Int(id)] = node.released(before: state.free)
                state.free = id
                state.count -= 1
            } else {
                append(id, node, to: state.occupy(for: node.due), of: &nodes)
            }
            id = node.next
        }
    }

    /// Puts every timer into the slot where it belongs now, whatever list it was in.
    private static func placeAll(_ nodes: inout [Node], _ state: inout State) {
        var nodes = nodes.mutableSpan
        for head in 0..<heads { nodes[Int(head)] = .head(head) }
        for id in Int(heads)..<nodes.count where nodes[id].previous != noNode {
            let node = nodes[id]
            append(UInt32(id), node, to: state.occupy(for: node.due), of: &nodes)
        }
    }
}
