/// An app that could not be started.
package struct AppStartError: Error, Sendable, CustomStringConvertible {
    package let appID: String
    let reason: String

    /// One sentence.
    package var description: String { "the app \"\(appID)\" cannot be started: \(reason)" }
}
