/// A setting of an app channel that cannot be kept.
public struct AppChannelError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One sentence, without a secret.
    public let description: String

    /// A token that no header field can carry.
    public static let token = AppChannelError(
        description:
            "the app's token (APP_API_TOKEN) has characters that are not visible ASCII: give another")

    /// An app id that no header field can carry.
    static let appID = AppChannelError(
        description: "the app id has control characters: give the app another name")

    static func concurrency(_ number: Int) -> AppChannelError {
        AppChannelError(description: "an app gets at least one trigger at a time, not \(number)")
    }

    static func connections(_ number: Int) -> AppChannelError {
        AppChannelError(
            description:
                "\(number) connections to the app are too few: allow \(AppChannel.otherCalls + 1) or more"
        )
    }

    static func health(_ description: String) -> AppChannelError {
        AppChannelError(description: "the app's health check cannot be made: \(description)")
    }
}
