/// Why a `schedule`, a `dueTime`, a `ttl` or `repeats` was refused.
package struct GrammarFault: Error, Sendable, Equatable {
    /// The contract's text, or one of our own for what Dapr takes and can never fire.
    package let message: String

    /// A fault with this text.
    package static func invalid(_ message: String) -> GrammarFault { GrammarFault(message: message) }
}
