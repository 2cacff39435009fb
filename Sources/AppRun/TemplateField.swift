/// A key that an app has in a run template (contract, section 9.1), and what becomes of its value.
struct TemplateField {
    /// What may stand there.
    enum Kind { case text, number, port, truth, list, map }

    /// What becomes of it.
    enum Use {
        /// A flag of the host takes it, and says what is wrong with it.
        case flag(String)
        /// This room takes it.
        case own
        /// It is about something that a host without a sidecar does not have; nobody misses it.
        case nothing
        /// It asks for something that is not there, and is passed over with a warning.
        case missing(String)
    }

    let name: String
    let kind: Kind
    let isCommon: Bool
    let use: Use

    private init(_ name: String, _ kind: Kind, common: Bool = false, _ use: Use) {
        self.name = name
        self.kind = kind
        isCommon = common
        self.use = use
    }

    static func named(_ name: String) -> TemplateField? { all.first { $0.name == name } }

    static let all: [TemplateField] = [
        TemplateField("appID", .text, .own),
        TemplateField("appDirPath", .text, .own),
        TemplateField("appPort", .port, .flag("app-port")),
        TemplateField("daprHTTPPort", .port, .flag("http-port")),
        TemplateField("daprGRPCPort", .port, .own),
        TemplateField("daprInternalGRPCPort", .port, .own),
        TemplateField("metricsPort", .port, .flag("metrics-port")),
        TemplateField("appProtocol", .text, common: true, .flag("app-protocol")),
        TemplateField("appChannelAddress", .text, .flag("app-channel-address")),
        TemplateField("appMaxConcurrency", .number, common: true, .flag("app-max-concurrency")),
        TemplateField("enableAppHealthCheck", .truth, common: true, .flag("enable-app-health-check")),
        TemplateField("appHealthCheckPath", .text, common: true, .flag("app-health-check-path")),
        TemplateField("appHealthProbeInterval", .number, common: true, .flag("app-health-probe-interval")),
        TemplateField("appHealthProbeTimeout", .number, common: true, .flag("app-health-probe-timeout")),
        TemplateField("appHealthThreshold", .number, common: true, .flag("app-health-threshold")),
        TemplateField("logLevel", .text, common: true, .flag("log-level")),
        TemplateField("maxBodySize", .text, common: true, .flag("max-body-size")),
        TemplateField("readBufferSize", .text, common: true, .flag("read-buffer-size")),
        TemplateField("apiListenAddresses", .text, common: true, .flag("listen")),
        TemplateField("command", .list, .own),
        TemplateField("env", .map, common: true, .own),
        TemplateField("appLogDestination", .text, common: true, .own),
        TemplateField("daprdLogDestination", .text, common: true, .own),
        TemplateField("schedulerHostAddress", .text, common: true, .nothing),
        TemplateField("placementHostAddress", .text, common: true, .nothing),
        TemplateField("configFilePath", .text, common: true, .nothing),
        TemplateField("resourcesPath", .text, common: true, .nothing),
        TemplateField("resourcesPaths", .list, common: true, .nothing),
        TemplateField("runtimePath", .text, common: true, .nothing),
        TemplateField("enableApiLogging", .truth, common: true, .nothing),
        TemplateField("enableProfiling", .truth, common: true, .nothing),
        TemplateField(
            "unixDomainSocket", .text, .missing("the API is served on a port alone, see DAPR_HTTP_PORT")),
    ]
}
