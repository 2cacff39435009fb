internal import ArgumentParser
internal import CoreMetrics
internal import JobsRuntime
internal import Prometheus

/// The flags of `serve` that are about metrics.
struct MetricsFlags: ParsableArguments {
    /// Where metrics are when nobody says otherwise; as Dapr's sidecar has it.
    static let standardPort = 9090

    @Option(
        name: [.customLong("metrics-port"), .customShort("M")],
        help: """
            The loopback port of /metrics, /readyz and /livez; 0 takes a free one. (default: of run a free one, else 9090, and none if that is \
            taken)
            """)
    var port: Int?

    @Option(
        name: .customLong("enable-metrics"), defaultAsFlag: "true",
        help: "Whether metrics are kept and served: true or false. (default: true)")
    var enabled: String?

    func validate() throws {
        if let port, !(0...65_535).contains(port) {
            throw ValidationError("--metrics-port \(port) is no port: use 0 to 65535")
        }
        try TruthFlag.check(enabled, of: "--enable-metrics")
    }

    /// Makes this process's metrics backend, and has a runtime with these options serve it.
    ///
    /// A port that was asked for must be free. The one that nobody asked for must not keep a host from starting: two
    /// hosts on a machine, or one beside a Prometheus, are no mistake; then the log says that metrics are not served.
    func apply(to options: inout JobsRuntime.Options) {
        options.monitor = isOn ? monitor(of: Self.bootstrap()) : nil
    }

    /// Whether metrics are kept and served.
    var isOn: Bool { TruthFlag.isOn(enabled, standard: true) }

    /// The process's metrics backend, from now on; once.
    static func bootstrap() -> PrometheusRegistry {
        let registry = PrometheusRegistry(MetricCatalogue.all)
        MetricsSystem.bootstrap(registry)
        return registry
    }

    /// The port that shows what a backend has.
    func monitor(of registry: PrometheusRegistry) -> MonitorPort {
        MonitorPort(
            listen: "127.0.0.1:\(port ?? Self.standardPort)", isRequired: port != nil, page: registry.page)
    }
}
