internal import AppChannel
internal import ArgumentParser
internal import Reactor

/// The flags that say how the app beside the host is reached, by Dapr's names.
struct AppOptions: ParsableArguments {
    @Option(
        name: [.customLong("app-port"), .customShort("p")],
        help: "The port of the app that due jobs are sent to, as POST /job/<name>.")
    var port: Int?

    @Option(
        name: [.customLong("app-protocol"), .customShort("P")], help: "How the app is spoken to; http only.")
    var appProtocol = "http"

    @Option(
        name: .customLong("app-channel-address"),
        help: ArgumentHelp("The app's address: an IP address or localhost.", valueName: "address"))
    var address = "127.0.0.1"

    @Option(
        name: .customLong("app-max-concurrency"), parsing: .unconditional,
        help: ArgumentHelp("Jobs that the app gets at a time; -1 for no limit.", valueName: "number"))
    var maximumConcurrency = -1

    @Option(
        name: .customLong("disable-init-endpoints"),
        help: ArgumentHelp("config: do not call the app's GET /dapr/config at start.", valueName: "names"))
    var disabledEndpoints = ""

    @Option(
        name: .customLong("app-api-token-file"),
        help: ArgumentHelp("A file with what APP_API_TOKEN would hold.", valueName: "file"))
    var tokenFile: String?

    @OptionGroup var health: AppHealthOptions

    func validate() throws {
        guard appProtocol == "http" else {
            throw ValidationError("--app-protocol \(appProtocol) is not supported: use http")
        }
        if let port, !(1...65_535).contains(port) {
            throw ValidationError("--app-port \(port) is no port: use 1 to 65535")
        }
        do { _ = try SocketAddress(host: address, port: port ?? 1) } catch {
            throw ValidationError(
                "--app-channel-address \(address) is no address: use one without a port, such as 127.0.0.1")
        }
        _ = try Secret.read("APP_API_TOKEN", file: tokenFile)
        for name in endpoints where name != "config" && name != "subscribe" {
            throw ValidationError(
                "--disable-init-endpoints \(disabledEndpoints) names \"\(name)\", which is no such endpoint: use config"
            )
        }
    }

    /// The endpoints that are not called; `subscribe` never is.
    private var endpoints: [Substring] { disabledEndpoints.split(separator: ",") }

    /// The channel to the app, where there is one.
    func makeChannel(appID: String) throws -> AppChannel? {
        guard let port else { return nil }
        var channel = AppChannel(port: port, appID: appID)
        channel.host = address
        channel.token = try Secret.read("APP_API_TOKEN", file: tokenFile)
        channel.maximumConcurrency = maximumConcurrency > 0 ? maximumConcurrency : nil
        channel.asksForConfiguration = !endpoints.contains("config")
        channel.health = health.check
        return channel
    }
}
