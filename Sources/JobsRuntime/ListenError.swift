internal import Reactor

/// An address that cannot be listened on.
public struct ListenError: Error, Sendable, CustomStringConvertible {
    /// The address that was asked for.
    public let address: String
    private let code: Cause
    private let reason: String

    private enum Cause: Sendable { case inUse, permission, address, other }

    init(address: String, cause: ReactorError) {
        self.address = address
        reason = cause.description
        code =
            switch cause.code {
            case .addressInUse: .inUse
            case .permissionDenied: .permission
            case .badAddress: .address
            default: .other
            }
    }

    /// One sentence: what is wrong with the address, and how to mend it.
    public var description: String {
        switch code {
        case .inUse:
            "cannot listen on \(address): another process listens there; stop it or choose another port"
        case .permission: "cannot listen on \(address): not permitted for this user; choose a port above 1023"
        case .address:
            "cannot listen on \(address): it is no address of this machine; use HOST:PORT, such as 127.0.0.1:3500"
        case .other: "cannot listen on \(address): \(reason)"
        }
    }
}
