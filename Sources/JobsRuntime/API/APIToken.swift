/// A secret that callers of the API must send as `dapr-api-token`.
///
/// It is printed nowhere: whoever prints it, or what holds it, gets a placeholder.
public struct APIToken: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The longest token, in bytes: it must fit into a request's header block.
    public static let longest = 2048

    private let bytes: [UInt8]

    /// A token of visible ASCII; `nil` for one that no header field could carry, or that is too long.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard (1...Self.longest).contains(bytes.count), bytes.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            return nil
        }
        self.bytes = bytes
    }

    /// What is printed in its place.
    public var description: String { "(a token)" }
    /// What is printed in its place.
    public var debugDescription: String { description }
    /// Nothing to be seen within.
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// Whether `given` is the token, in a time that follows from the length of `given` alone.
    ///
    /// The caller knows that length; neither how far the two agree nor how long the token is can be told from the time.
    func matches(_ given: UnsafeRawBufferPointer) -> Bool {
        var difference = given.count ^ bytes.count
        var index = 0
        for position in given.indices {
            difference |= unsafe Int(given[position] ^ bytes[index])
            index += 1
            // Without a branch that depends on the token's content; it wraps so that every byte costs the same.
            index = index == bytes.count ? 0 : index
        }
        return difference == 0
    }
}
