import Reactor
import TestKit

/// Dials nobody: the test decides what becomes of each connection.
final class FakeDialer: Dialer {
    private(set) var transports: [FakeTransport] = []
    private(set) var addresses: [SocketAddress] = []
    private var completions: [(ReactorError?) -> Void] = []
    /// Whether no socket can be made at all.
    var isExhausted = false

    func dial(
        _ address: SocketAddress, completion: @escaping (ReactorError?) -> Void
    ) throws(ReactorError) -> any Transport {
        if isExhausted {
            throw ReactorError(code: .system, operation: "socket", reason: "too many open files")
        }
        let transport = FakeTransport()
        addresses.append(address)
        transports.append(transport)
        completions.append(completion)
        return transport
    }

    /// Ends the dial that was begun `index`th.
    func finish(_ index: Int, _ error: ReactorError? = nil) { completions[index](error) }
}
