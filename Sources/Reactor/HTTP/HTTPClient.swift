/// An HTTP/1.1 client on one loop: a pool of connections for each target.
///
/// On the loop only.
package final class HTTPClient {
    private let network: Network
    private let dialer: any Dialer
    private let limits: Limits
    private var pools: [SocketAddress: HTTPClientPool] = [:]
    private var isClosed = false

    package init(network: Network, dialer: any Dialer, limits: Limits) {
        self.network = network
        self.dialer = dialer
        self.limits = limits
    }

    /// The pool of a target, which is made when it is first asked for.
    package func pool(for address: SocketAddress) -> HTTPClientPool {
        precondition(!isClosed, "a client that was closed asks nobody")
        if let pool = pools[address] { return pool }
        let pool = HTTPClientPool(address: address, network: network, dialer: dialer, limits: limits)
        pools[address] = pool
        return pool
    }

    /// Asks whether somebody listens on a port; see `TCPProbe`.
    ///
    /// The probe can be cancelled; it need not be kept for that it answers.
    @discardableResult
    package func probe(_ address: SocketAddress, completion: @escaping (Bool) -> Void) -> TCPProbe {
        let probe = TCPProbe(timers: network.timers)
        probe.start(address, dialer: dialer, timeout: limits.probeTimeout, completion: completion)
        return probe
    }

    /// Closes all pools; `completion` is called when the last connection has gone.
    package func close(completion: @escaping () -> Void = {}) {
        precondition(!isClosed, "a client is closed once")
        isClosed = true
        let closing = pools.values
        pools = [:]
        guard !closing.isEmpty else { return completion() }
        var left = closing.count
        for pool in closing {
            pool.close {
                left -= 1
                if left == 0 { completion() }
            }
        }
    }
}
