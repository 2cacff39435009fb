/// Who makes connections: the system, or a test.
package protocol Dialer: AnyObject {
    /// Begins to connect.
    ///
    /// `completion` is called once, not before this returns, and with an error too if the transport is closed first.
    /// The transport is the caller's from now on; after an error, `close` is the only call it takes.
    func dial(
        _ address: SocketAddress, completion: @escaping (ReactorError?) -> Void
    ) throws(ReactorError) -> any Transport
}

/// Connects over TCP or Unix sockets, on one loop.
package final class SocketDialer: Dialer {
    private let loop: UVLoop
    private let network: Network

    package init(loop: UVLoop, network: Network) {
        self.loop = loop
        self.network = network
    }

    package func dial(
        _ address: SocketAddress, completion: @escaping (ReactorError?) -> Void
    ) throws(ReactorError) -> any Transport {
        let socket = try UVSocket(
            loop: loop, readBuffer: network.readBuffer, isUnix: address.unixPath != nil)
        do {
            try socket.connect(to: address, completion: completion)
            try socket.setNoDelay()
        } catch {
            socket.close()
            throw error
        }
        return socket
    }
}
