/// What a peer has not taken yet, in order: a run of bytes with the kernel, and those that wait behind it.
///
/// Two buffers take turns, so that the bytes of a write under way never move, and a queue that is in use settles to no
/// allocation at all. Neither holds memory until the first byte that a socket would not take.
package struct WriteQueue {
    private var inFlight = ByteBuffer()
    private var waiting = ByteBuffer()
    private var isWriting = false

    package init() {}

    /// Bytes that were not taken yet.
    package var count: Int { inFlight.count + waiting.count }
    /// Whether the peer has everything.
    package var isEmpty: Bool { count == 0 }

    /// Adds bytes behind all others.
    package mutating func append(_ bytes: UnsafeRawBufferPointer) { unsafe waiting.append(bytes) }

    /// The bytes to write next, which stay where they are until `finished`; `nil` while a write is under way or
    /// nothing waits.
    package mutating func next() -> UnsafeRawBufferPointer? {
        if isWriting || waiting.isEmpty { return nil }
        swap(&inFlight, &waiting)
        isWriting = true
        return unsafe UnsafeRawBufferPointer(inFlight.bytes)
    }

    /// The write of `next` is over, one way or the other.
    package mutating func finished() {
        isWriting = false
        inFlight.removeAll()
    }
}
