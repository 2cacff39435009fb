/// Who takes the connections of a listener, on the loop.
protocol ListenerDelegate: AnyObject {
    /// Whether one more connection may live.
    var hasRoom: Bool { get }

    /// A connection was closed at once, as there was no room for it.
    func refusedOne()

    /// A connection was accepted and is the delegate's from now on.
    func accepted(_ transport: any Transport)
}

/// Accepts the connections of one address.
///
/// Past its delegate's limit a connection is accepted and closed at once, so that the peer learns of it now and not
/// when its patience ends; those that live are not touched.
final class Listener {
    private let network: Network
    private let delegate: any ListenerDelegate
    private var socket: UVListener?
    private var isPaused = false
    private var hasOneWaiting = false
    private var refused: UInt64 = 0
    private var failed: UInt64 = 0

    /// Connections that may wait in the kernel to be accepted.
    private static let backlog: Int32 = 1024

    init(network: Network, delegate: any ListenerDelegate) {
        self.network = network
        self.delegate = delegate
    }

    /// Connections that were closed at once because of the limit.
    var refusedCount: UInt64 { refused }
    /// Connections that the system could not hand over, most often for want of file descriptors.
    var failedCount: UInt64 { failed }

    /// Starts to accept, and answers with the port, which matters where 0 was asked for.
    func start(on address: SocketAddress, loop: UVLoop) throws(ReactorError) -> Int {
        precondition(socket == nil, "a listener is started once")
        let socket = try UVListener(
            loop: loop, readBuffer: network.readBuffer, isUnix: address.unixPath != nil,
            onConnection: { [self] error in if error == nil { takeOne() } else { failed += 1 } })
        do {
            let port = try socket.listen(on: address, backlog: Self.backlog)
            self.socket = socket
            return port
        } catch {
            socket.close {}
            throw error
        }
    }

    /// Leaves new connections with the kernel until `resume`; those that live are not touched.
    func pause() { isPaused = true }

    /// Accepts again.
    func resume() {
        isPaused = false
        if hasOneWaiting { takeOne() }
    }

    /// Stops listening; `completion` is called when the address is free again.
    func close(completion: @escaping () -> Void) {
        guard let socket else { return completion() }
        self.socket = nil
        socket.close(completion: completion)
    }

    private func takeOne() {
        guard let socket else { return }
        hasOneWaiting = isPaused
        if isPaused { return }
        let transport: UVSocket
        do { transport = try socket.accept() } catch {
            // The peer was gone before it was accepted, or there are no file descriptors; the count says so.
            failed += 1
            return
        }
        if delegate.hasRoom {
            delegate.accepted(transport)
        } else {
            refused += 1
            transport.close()
            delegate.refusedOne()
        }
    }
}
