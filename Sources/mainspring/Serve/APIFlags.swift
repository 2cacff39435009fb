internal import ArgumentParser
internal import JobsRuntime
internal import Reactor

/// The flags of the HTTP API: where it listens, how much it takes, and who may call it.
struct APIFlags: ParsableArguments {
    @Option(
        name: [.customLong("http-port"), .customLong("dapr-http-port"), .customShort("H")],
        help: ArgumentHelp(
            "The port of the jobs API; 0 takes a free one. (default: 3500; of run a free one)",
            valueName: "http-port"))
    var givenHTTPPort: Int?

    @Option(
        name: [.customLong("listen"), .customLong("dapr-listen-addresses")],
        help: "The addresses of the jobs API, comma-separated; others than loopback let the network in.")
    var listen = "127.0.0.1"

    @Option(
        name: .customLong("dapr-public-port"),
        help: "One more port, for health and metadata alone, which asks for no token; 0 takes a free one.")
    var publicPort: Int?

    @Option(
        name: .customLong("read-buffer-size"),
        help: "The longest request line and header fields, such as 4Ki.")
    var readBufferSize = Quantity(bytes: 4 << 10)

    @Option(name: .customLong("max-body-size"), help: "The longest body of a request, such as 4Mi.")
    var maxBodySize = Quantity(bytes: 4 << 20)

    @Option(
        name: .customLong("api-allow"),
        help: "Serve only the parts of the API that are named so: NAME/VERSION[/PROTOCOL]. Repeatable.",
        transform: readRule)
    var allowed: [APIRule] = []

    @Option(
        name: .customLong("api-deny"),
        help: "Do not serve this part of the API, such as jobs/v1alpha1 or metadata/v1. Repeatable.",
        transform: readRule)
    var denied: [APIRule] = []

    @Option(
        name: .customLong("allow-origin"),
        help: "Let web pages of this origin in, such as https://dash.example. Repeatable.",
        transform: readOrigin)
    var origins: [WebOrigin] = []

    @Option(
        name: .customLong("dapr-api-token-file"),
        help: ArgumentHelp("A file with what DAPR_API_TOKEN would hold.", valueName: "file"))
    var tokenFile: String?

    /// The port of the jobs API.
    var httpPort: Int { givenHTTPPort ?? 3500 }

    private static let headBytes = 1 << 10...1 << 20
    private static let bodyBytes = 1...64 << 20

    func validate() throws {
        for (flag, port) in [("--http-port", httpPort), ("--dapr-public-port", publicPort ?? 0)]
        where !(0...65_535).contains(port) {
            throw ValidationError("\(flag) \(port) is no port: use 0 to 65535")
        }
        guard publicPort == nil || publicPort == 0 || publicPort != httpPort else {
            throw ValidationError("--dapr-public-port \(httpPort) is the port of the API: choose another")
        }
        for address in addresses {
            do { _ = try SocketAddress(host: address, port: httpPort) } catch {
                throw ValidationError(
                    "--listen \(address) is no address: use one of this machine's without a port, such as 127.0.0.1"
                )
            }
        }
        guard Self.headBytes.contains(readBufferSize.bytes) else {
            throw ValidationError(
                "--read-buffer-size \(readBufferSize.bytes) is out of range: use 1Ki to 1Mi")
        }
        guard Self.bodyBytes.contains(maxBodySize.bytes) else {
            throw ValidationError("--max-body-size \(maxBodySize.bytes) is out of range: use 1 to 64Mi")
        }
        _ = try token
        _ = try namespace
    }

    /// Puts what the flags and the environment say into a runtime's options.
    func apply(to options: inout JobsRuntime.Options) throws {
        apply(to: &options.app)
        options.access.token = try token
        options.access.allowedOrigins = origins
        options.access.allowed = allowed
        options.access.denied = denied
        options.namespace = try namespace
    }

    /// Puts in what is an app's own.
    func apply(to app: inout JobsRuntime.App) {
        app.listen = addresses.map { Self.join($0, httpPort) }.joined(separator: ",")
        app.publicListen = publicPort.map { Self.join(addresses.first ?? "127.0.0.1", $0) }
        app.network.headerBlockBytes = readBufferSize.bytes
        // What a larger block is for is mostly a longer path.
        app.network.requestTargetBytes = max(app.network.requestTargetBytes, readBufferSize.bytes - 1024)
        app.network.bodyBytes = maxBodySize.bytes
    }

    /// The addresses without brackets.
    var addresses: [String] {
        listen.split(separator: ",", omittingEmptySubsequences: false).map { word in
            word.hasPrefix("[") && word.hasSuffix("]") ? String(word.dropFirst().dropLast()) : String(word)
        }
    }

    /// What callers must bring; read when the host starts, and never shown.
    var token: APIToken? {
        get throws {
            guard let text = try Secret.read("DAPR_API_TOKEN", file: tokenFile) else { return nil }
            guard let token = APIToken(text) else {
                throw ValidationError(
                    "\(tokenFile ?? "DAPR_API_TOKEN") has characters that are not visible ASCII, or more than \(APIToken.longest): give another"
                )
            }
            return token
        }
    }

    /// The namespace of the app id.
    var namespace: String {
        get throws {
            if Environment.isEmpty("NAMESPACE") {
                throw ValidationError(
                    "NAMESPACE is set and empty: unset it, or name the namespace of the jobs")
            }
            return Environment.value(of: "NAMESPACE") ?? "default"
        }
    }

    @Sendable private static func readRule(_ text: String) throws -> APIRule {
        if let rule = APIRule(text) { return rule }
        throw ValidationError(
            "there is no such part: use jobs/v1, jobs/v1alpha1, metadata/v1 or mainspring/v1, with /http or /grpc behind it or not; health checks are always served"
        )
    }

    @Sendable private static func readOrigin(_ text: String) throws -> WebOrigin {
        if let origin = WebOrigin(text) { return origin }
        throw ValidationError("this is no origin: use a scheme, a host and perhaps a port, in lower case")
    }

    private static func join(_ host: String, _ port: Int) -> String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
