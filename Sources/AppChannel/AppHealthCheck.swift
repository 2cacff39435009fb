/// How an app is asked whether it is well: `GET <path>` at an interval; 2xx is healthy (contract, section
/// 5.6).
public struct AppHealthCheck: Sendable, Equatable {
    /// Where the app answers; a slash in front of it may be left out.
    public var path = "/healthz"
    /// From one question to the next.
    public var interval = Duration.seconds(5)
    /// How long an answer may take; not longer than the interval.
    public var timeout = Duration.milliseconds(500)
    /// After how many failures in a row the app counts as unhealthy.
    public var threshold = 3

    /// The contract's defaults.
    public init() {}

    /// The path as it goes over the wire.
    var target: [UInt8] { Array((path.utf8.first == UInt8(ascii: "/") ? path : "/" + path).utf8) }

    /// Refuses what cannot be asked.
    package func check() throws(AppChannelError) {
        guard !path.isEmpty, path.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .health("the path \"\(path)\" is no path of visible ASCII")
        }
        guard interval > .zero, timeout > .zero else {
            throw .health("interval and timeout must be more than 0")
        }
        guard timeout <= interval else {
            throw .health("the timeout (\(timeout)) must not exceed the interval (\(interval))")
        }
        guard threshold >= 1 else { throw .health("the threshold must be at least 1, and is \(threshold)") }
    }
}
