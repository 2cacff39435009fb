/// Something that a host can be told, by a flag, by a variable of the environment, or by a key of a file.
///
/// All three names are one: the flag's. What a value may be is not said here: it is handed to the command line's parser
/// whoever gave it, so that it is checked once and refused in the same words.
package struct Setting: Sendable, Equatable {
    /// How many values it has, and whether the flag needs one.
    package enum Shape: Sendable {
        case value
        /// `true` or `false`; the flag alone is `true`.
        case truth
        /// Any number of values: a repeated flag, a list in a file, commas in a variable.
        case list
    }

    /// The flag without its dashes, and the key in a file.
    package let name: String
    /// Other spellings of the flag, with their dashes; Dapr's, where ours is another.
    package let spellings: [String]
    package let shape: Shape
    /// What holds when nobody says anything; `nil` for nothing, and for a value that is found by rules.
    package let standard: String?
    /// The variable that holds the secret itself, where this setting names a file with it.
    package let secret: String?

    package init(
        _ name: String, _ shape: Shape = .value, standard: String?, spellings: [String] = [],
        secret: String? = nil
    ) {
        self.name = name
        self.shape = shape
        self.standard = standard
        self.spellings = spellings
        self.secret = secret
    }

    /// What every variable's name begins with but those of Dapr's secrets.
    package static let variablePrefix = "MAINSPRING_"

    /// The variable of the environment: `MAINSPRING_HTTP_PORT` for `http-port`.
    package var variable: String {
        let word = String(name.uppercased().map { $0 == "-" ? "_" : $0 })
        return secret == nil ? Self.variablePrefix + word : word
    }

    /// What is said to somebody whose word is near no name.
    static let whereNamesStand = "the names are those of the flags, see mainspring serve --help"

    /// The setting of a name, or `nil`.
    package static func named(_ name: String) -> Setting? { all.first { $0.name == name } }
}

extension Setting {
    /// The file of settings itself; the one setting that a file cannot have.
    package static let file = Setting("config", standard: nil)

    /// Every setting of a host.
    ///
    /// A flag of `serve` that is not among them fails a test.
    package static let all: [Setting] = [
        file,
        Setting("app-id", standard: "mainspring", spellings: ["-a"]),
        Setting("app-port", standard: nil, spellings: ["-p"]),
        Setting("app-protocol", standard: "http", spellings: ["-P"]),
        Setting("app-channel-address", standard: "127.0.0.1"),
        Setting("app-max-concurrency", standard: "-1"),
        Setting("disable-init-endpoints", standard: nil),
        Setting("enable-app-health-check", .truth, standard: "false"),
        Setting("app-health-check-path", standard: "/healthz"),
        Setting("app-health-probe-interval", standard: "5"),
        Setting("app-health-probe-timeout", standard: "500"),
        Setting("app-health-threshold", standard: "3"),
        Setting("app-api-token-file", standard: nil, secret: "APP_API_TOKEN"),
        Setting("http-port", standard: "3500", spellings: ["--dapr-http-port", "-H"]),
        Setting("listen", standard: "127.0.0.1", spellings: ["--dapr-listen-addresses"]),
        Setting("dapr-public-port", standard: nil),
        Setting("read-buffer-size", standard: "4Ki"),
        Setting("max-body-size", standard: "4Mi"),
        Setting("api-allow", .list, standard: nil),
        Setting("api-deny", .list, standard: nil),
        Setting("allow-origin", .list, standard: nil),
        Setting("dapr-api-token-file", standard: nil, secret: "DAPR_API_TOKEN"),
        Setting("data-dir", standard: nil),
        Setting("log-level", standard: "info"),
        Setting("log-format", standard: "text"),
        Setting("log-as-json", .truth, standard: "false"),
        Setting("metrics-port", standard: "9090", spellings: ["-M"]),
        Setting("enable-metrics", .truth, standard: "true"),
        Setting("route", .list, standard: nil),
    ]
}
