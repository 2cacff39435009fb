internal import Glibc

/// What did not happen in the story, in one sentence.
struct StoryFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = "the story broke off: " + description }

    /// A failure with the system's word for `error`, a value of `errno`.
    init(_ description: String, errno error: Int32) {
        self.init("\(description): \(unsafe String(cString: strerror(error)))")
    }
}
