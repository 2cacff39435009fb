/// An answer whose body is sent piece by piece, for as long as both sides want it.
///
/// Chunked on HTTP/1.1; on HTTP/1.0 the end of the connection is the end of the body. Nothing else is read from the peer
/// meanwhile. One that closes its side has gone; one that takes nothing for the idle timeout is closed; a server that
/// stops ends its streams. On the loop only.
package final class HTTPStream {
    private let connection: HTTPServerConnection
    private let onRoom: () -> Void
    private let onEnd: () -> Void

    init(connection: HTTPServerConnection, onRoom: @escaping () -> Void, onEnd: @escaping () -> Void) {
        self.connection = connection
        self.onRoom = onRoom
        self.onEnd = onEnd
    }

    /// Whether the peer keeps up: less than the write queue's limit waits for it.
    ///
    /// Who writes all the same makes memory grow.
    package var hasRoom: Bool { connection.hasRoom(for: self) }

    /// Sends a piece of the body; nothing once the stream has ended.
    package func write(_ bytes: [UInt8]) { connection.write(bytes, to: self) }

    /// Ends the body; the connection may go on with another request.
    package func end() { connection.end(self) }

    // MARK: The connection's side

    /// The peer has caught up.
    func roomAgain() { onRoom() }

    /// It is over, and not by `end`.
    func ended() { onEnd() }
}
