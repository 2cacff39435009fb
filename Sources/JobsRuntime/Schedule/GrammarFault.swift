/// Why a `schedule` or a `dueTime` was refused.
package enum GrammarFault: Error, Sendable, Equatable {
    /// It is not in the contract's grammar; the contract's text.
    case invalid(String)
    /// The contract knows it and this version does not; what it is.
    case unimplemented(String)
}
