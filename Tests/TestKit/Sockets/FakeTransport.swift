package import Reactor

/// A transport without a socket, whose peer is the test: it takes as much as the test says, and breaks when told to.
///
/// What it lends for a read is scribbled over behind the call, so that whoever kept a pointer into it is found out.
@safe package final class FakeTransport: Transport {
    private var delegate: (any TransportDelegate)?
    private var unread: [[UInt8]] = []
    private var isEndUnread = false
    private var isWriting = false
    private var underWay = unsafe UnsafeRawBufferPointer(start: nil, count: 0)

    /// Everything the peer has taken.
    package private(set) var sent: [UInt8] = []
    /// How many calls of `tryWrite` brought at least one byte.
    package private(set) var writeCount = 0
    package private(set) var isReading = false
    /// How often the peer was to be told at once that its bytes came.
    package private(set) var acknowledgements = 0
    package private(set) var isClosed = false
    package private(set) var hasEndedWriting = false
    package private(set) var isGone = false
    /// How many more bytes the peer takes.
    package var room = Int.max
    /// Whether the next write finds the connection reset.
    package var isReset = false

    package init() {}

    // MARK: The peer's side

    /// The peer sends bytes; they wait while nobody reads.
    package func receive(_ bytes: [UInt8]) {
        unread.append(bytes)
        deliver()
    }

    package func receive(_ text: String) { receive(Array(text.utf8)) }

    /// The peer sends nothing more.
    package func receiveEnd() {
        isEndUnread = true
        deliver()
    }

    /// The connection breaks.
    package func receiveReset() {
        delegate?.transportFailed(
            ReactorError(code: .system, operation: "read", reason: "connection reset by peer"))
        settle()
    }

    /// The peer takes `count` bytes more of what waits, or all of it.
    package func take(_ count: Int = .max) {
        room = count
        while isWriting, room > 0 {
            let taken = unsafe min(room, underWay.count)
            unsafe sent += underWay[..<taken]
            unsafe underWay = UnsafeRawBufferPointer(rebasing: underWay[taken...])
            if room != .max { room -= taken }
            if unsafe underWay.isEmpty {
                isWriting = false
                delegate?.transportWrote(nil)
            }
        }
        settle()
    }

    package var sentText: String { String(decoding: sent, as: UTF8.self) }

    package func forgetSent() { sent = [] }

    /// Runs what a real loop runs at the end of its turn: the close callback.
    package func settle() {
        guard isClosed, !isGone else { return }
        isGone = true
        let delegate = self.delegate
        self.delegate = nil
        if isWriting { delegate?.transportWrote(ReactorError(code: .closed, operation: "write")) }
        delegate?.transportClosed()
    }

    private func deliver() {
        while isReading, !isClosed, !unread.isEmpty {
            let bytes = unread.removeFirst()
            let buffer = UnsafeMutableRawBufferPointer.allocate(
                byteCount: bytes.count + ByteBuffer.padding, alignment: 64)
            unsafe buffer.copyBytes(from: bytes)
            unsafe delegate?.transportRead(UnsafeMutableRawBufferPointer(rebasing: buffer[..<bytes.count]))
            for index in buffer.indices { unsafe buffer[index] = 0xEE }
            unsafe buffer.deallocate()
        }
        if isReading, !isClosed, unread.isEmpty, isEndUnread {
            isEndUnread = false
            delegate?.transportEnded()
        }
        settle()
    }

    // MARK: Transport

    package func attach(_ delegate: any TransportDelegate) { self.delegate = delegate }

    package func startReading() throws(ReactorError) { isReading = true }

    package func stopReading() { isReading = false }

    package func tryWrite(_ bytes: UnsafeRawBufferPointer) throws(ReactorError) -> Int {
        if isReset { throw ReactorError(code: .system, operation: "write", reason: "broken pipe") }
        let taken = min(room, bytes.count)
        if room != .max { room -= taken }
        unsafe sent += bytes[..<taken]
        if taken > 0 { writeCount += 1 }
        return taken
    }

    package func write(_ bytes: UnsafeRawBufferPointer) throws(ReactorError) {
        precondition(!isWriting, "one write at a time")
        isWriting = true
        unsafe underWay = bytes
    }

    package func acknowledgeNow() { acknowledgements += 1 }

    package func endWriting() { hasEndedWriting = true }

    package func close() { isClosed = true }
}
