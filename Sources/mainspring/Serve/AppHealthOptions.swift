internal import AppChannel
internal import ArgumentParser

/// The flags of the app's health check, by Dapr's names (contract, section 5.6).
struct AppHealthOptions: ParsableArguments {
    @Option(
        name: .customLong("enable-app-health-check"), defaultAsFlag: "true",
        help: "Hold jobs while the app says that it is not well.")
    var enabled: String?

    @Option(
        name: .customLong("app-health-check-path"),
        help: ArgumentHelp("Where the app is asked, with GET; 2xx is healthy.", valueName: "path"))
    var path = "/healthz"

    @Option(
        name: .customLong("app-health-probe-interval"),
        help: ArgumentHelp("Seconds from one question to the next.", valueName: "seconds"))
    var interval = 5

    @Option(
        name: .customLong("app-health-probe-timeout"),
        help: ArgumentHelp("Milliseconds that an answer may take.", valueName: "milliseconds"))
    var timeout = 500

    @Option(
        name: .customLong("app-health-threshold"),
        help: ArgumentHelp("Failures in a row after which the app is unhealthy.", valueName: "number"))
    var threshold = 3

    /// The longest interval, in seconds: a day.
    private static let longestInterval = 86_400

    func validate() throws {
        try TruthFlag.check(enabled, of: "--enable-app-health-check")
        guard (1...Self.longestInterval).contains(interval) else {
            throw ValidationError(
                "--app-health-probe-interval \(interval) is out of range: use 1 to \(Self.longestInterval) seconds"
            )
        }
        guard timeout >= 1 else {
            throw ValidationError(
                "--app-health-probe-timeout \(timeout) is too short: use 1 millisecond or more")
        }
        guard timeout <= interval * 1000 else {
            throw ValidationError(
                "--app-health-probe-timeout \(timeout) must not exceed --app-health-probe-interval, which is \(interval * 1000) milliseconds: lower it"
            )
        }
        guard threshold >= 1 else {
            throw ValidationError("--app-health-threshold \(threshold) is too low: use 1 or more")
        }
        guard !path.isEmpty, path.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw ValidationError(
                "--app-health-check-path \"\(path)\" is no path: use visible ASCII, such as /healthz")
        }
    }

    /// The check that was asked for, or `nil`.
    var check: AppHealthCheck? {
        guard TruthFlag.isOn(enabled) else { return nil }
        var check = AppHealthCheck()
        check.path = path
        check.interval = .seconds(interval)
        check.timeout = .milliseconds(timeout)
        check.threshold = threshold
        return check
    }
}
