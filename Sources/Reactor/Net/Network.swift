/// What all connections of one loop share: its timers, the buffer they read into and the one they build answers in.
///
/// On the loop only.
package final class Network {
    package let timers: LoopTimers
    let readBuffer = ReadBuffer()
    /// Answers are put together here and leave it before the turn goes on.
    ///
    /// Used as a stack: whoever adds bytes behind another's takes them off again before returning.
    let output = ByteBuffer(keepingCapacity: 512 << 10)

    package init(timers: LoopTimers) { self.timers = timers }
}

/// The 64 KiB that every socket of a loop reads into, with 64 readable bytes behind them.
@safe package final class ReadBuffer {
    /// Bytes of one read at most.
    package static let capacity = 64 << 10
    /// The buffer with its padding; a read fills no more than `capacity` of it.
    package let bytes: UnsafeMutableRawBufferPointer

    package init() {
        unsafe bytes = .allocate(byteCount: Self.capacity + ByteBuffer.padding, alignment: 64)
        unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit { unsafe bytes.deallocate() }
}
