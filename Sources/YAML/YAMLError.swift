/// What is wrong with a YAML text, and where.
package struct YAMLError: Error, Equatable, CustomStringConvertible {
    /// The line, from 1.
    package let line: Int
    /// What was found there; a clause without a capital and a full stop.
    package let reason: String

    package init(line: Int, reason: String) {
        self.line = line
        self.reason = reason
    }

    package var description: String { "line \(line): \(reason)" }
}
