/// What went wrong in the reactor: what was asked, what answered, and a code to act on.
///
/// A struct and not an enum, so that codes can be added without breaking a caller's `switch`.
public struct ReactorError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What a caller may act on.
    public struct Code: Sendable, Hashable {
        private enum Value: Sendable {
            case addressInUse, permissionDenied, badAddress, refused, closed, limit, system
        }
        private let value: Value
        private init(_ value: Value) { self.value = value }

        /// Another process listens on the address.
        public static let addressInUse = Code(.addressInUse)
        /// The system refused it to this user, such as a port below 1024.
        public static let permissionDenied = Code(.permissionDenied)
        /// The address is not one of this machine's, or is no address at all.
        public static let badAddress = Code(.badAddress)
        /// The peer refused the connection: nobody listens there.
        public static let refused = Code(.refused)
        /// The connection, the handle or the loop was closed.
        public static let closed = Code(.closed)
        /// A limit of ours was reached; its name is in `operation`.
        public static let limit = Code(.limit)
        /// Anything else that the system answered; see `status`.
        public static let system = Code(.system)
    }

    /// The class of the error.
    public let code: Code
    /// The call or the step that failed, such as `uv_tcp_bind`.
    public let operation: String
    /// The negative status that libuv answered, or 0.
    public let status: Int32
    /// What the system says of the status, in English.
    public let reason: String

    package init(code: Code, operation: String, status: Int32 = 0, reason: String = "") {
        self.code = code
        self.operation = operation
        self.status = status
        self.reason = reason
    }

    /// One sentence, for a log.
    public var description: String {
        reason.isEmpty ? "\(operation) failed" : "\(operation) failed: \(reason)"
    }
}
