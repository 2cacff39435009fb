/// A host that serves an app's jobs on this machine.
struct RunningHost: Sendable {
    /// The app whose jobs it serves; `nil` where that is not known.
    let appID: String?
    /// The port of its jobs API on loopback.
    let port: Int
    /// How it was found, for a sentence: "the standard port".
    let origin: String
}

/// Which hosts run on this machine.
enum RunningHosts {
    /// The port of a host that was told no other.
    static let standardPort = 3500

    /// All that are known.
    static func find() async -> [RunningHost] {
        [RunningHost(appID: nil, port: standardPort, origin: "the standard port")]
    }
}
