/// What is wrong with a run template, and where: what was found, and what is wanted.
package struct TemplateError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file, as it was given.
    package let file: String
    /// The line, from 1; `nil` for the file as a whole.
    package let line: Int?
    /// A clause without a capital and a full stop.
    package let reason: String

    package init(file: String, line: Int?, reason: String) {
        self.file = file
        self.line = line
        self.reason = reason
    }

    /// One sentence.
    package var description: String {
        let place = line.map { "\(file):\($0)" } ?? file
        return "\(place): \(reason)"
    }
}
