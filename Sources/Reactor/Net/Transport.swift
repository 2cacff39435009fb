/// A byte stream to a peer: a socket, or a test's stand-in for one.
///
/// One owner, one delegate, all on the loop. Nothing but `close` may be called after `close`.
package protocol Transport: AnyObject {
    /// Names who is told; the transport keeps it alive until `transportClosed`.
    func attach(_ delegate: any TransportDelegate)

    /// Has the delegate told of every byte that comes, until `stopReading`.
    func startReading() throws(ReactorError)

    /// Leaves what comes with the kernel, and so with the peer.
    func stopReading()

    /// Hands over what the peer takes at once: how many bytes, 0 when it takes none now.
    func tryWrite(_ bytes: UnsafeRawBufferPointer) throws(ReactorError) -> Int

    /// Hands over all of `bytes` in time; they must stay where they are until `transportWrote`. One at a time.
    func write(_ bytes: UnsafeRawBufferPointer) throws(ReactorError)

    /// Has the peer told at once that its bytes came, where the system can.
    ///
    /// A peer that writes a message in two pieces (Nagle's algorithm, RFC 9293 3.7.4) keeps the second back until it hears
    /// of the first, which a system puts off by some 40 ms.
    func acknowledgeNow()

    /// Tells the peer, behind all that was written, that nothing more follows; reading goes on.
    func endWriting()

    /// Ends it in both directions; `transportClosed` follows, and not before this returns.
    func close()
}

/// Who is told what happens on a transport, on the loop.
package protocol TransportDelegate: AnyObject {
    /// Bytes came. They lie in a buffer that all sockets share, so they are valid during the call alone; they may be
    /// changed there, and 64 readable bytes follow them.
    func transportRead(_ bytes: UnsafeMutableRawBufferPointer)

    /// The peer sends nothing more; it may well read on.
    func transportEnded()

    /// The stream broke; `close` is the owner's next step.
    func transportFailed(_ error: ReactorError)

    /// The bytes given to `write` are taken, or will never be.
    func transportWrote(_ error: ReactorError?)

    /// The last call: the transport is gone, and so is its hold on the delegate.
    func transportClosed()
}
