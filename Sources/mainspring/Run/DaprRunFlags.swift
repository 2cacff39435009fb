internal import ArgumentParser

/// Flags of `dapr run` that a run without a sidecar takes so that a command may stay as it is.
struct DaprRunFlags: ParsableArguments {
    @Option(
        name: [.customLong("dapr-grpc-port"), .customShort("G")],
        help: "The port that the app is told for gRPC; nothing answers there yet.")
    var gRPCPort: Int?

    @Option(
        name: [.customLong("dapr-internal-grpc-port"), .customShort("I")],
        help: .hidden)
    var internalGRPCPort: Int?

    @Option(name: .customLong("scheduler-host-address"), help: .hidden)
    var schedulerAddress: String?

    @Option(name: .customLong("placement-host-address"), help: .hidden)
    var placementAddress: String?

    @Option(name: [.customLong("resources-path"), .customShort("d")], help: .hidden)
    var resourcesPaths: [String] = []

    @Option(name: .customLong("runtime-path"), help: .hidden)
    var runtimePath: String?

    @Option(name: .customLong("enable-api-logging"), defaultAsFlag: "true", help: .hidden)
    var apiLogging: String?

    func validate() throws {
        for (flag, port) in [("--dapr-grpc-port", gRPCPort), ("--dapr-internal-grpc-port", internalGRPCPort)]
        {
            if let port, !(0...65_535).contains(port) {
                throw ValidationError("\(flag) \(port) is no port: use 0 to 65535")
            }
        }
        try TruthFlag.check(apiLogging, of: "--enable-api-logging")
    }
}
