// swift-tools-version: 6.3
import PackageDescription

/// The settings of every Swift target: Swift 6 mode, no warnings, and memory safety said out loud.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
]
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "CoreMetrics", package: "swift-metrics")

let metricsTestKit: Target.Dependency = .product(name: "MetricsTestKit", package: "swift-metrics")

let package = Package(
    name: "mainspring",
    products: [
        .library(name: "Reactor", targets: ["Reactor"]),
        .library(name: "JobsRuntime", targets: ["JobsRuntime"]),
        .library(name: "AppChannel", targets: ["AppChannel"]),
        .library(name: "Handlers", targets: ["Handlers"]),
        .executable(name: "mainspring", targets: ["mainspring"]),
        .executable(name: "DemoHost", targets: ["DemoHost"]),
        // The quickstart's apps; they use nothing of this package.
        .executable(name: "job-service", targets: ["job-service"]),
        .executable(name: "job-scheduler", targets: ["job-scheduler"]),
        // For the tests, which load it into a host under test; a product so that it is built as a file of its own.
        .library(name: "FaultLibrary", type: .dynamic, targets: ["FaultLibrary"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/swhitty/FlyingFox", .upToNextMinor(from: "0.27.1")),
    ],
    targets: [
        // The C floor: module maps and shims, no logic.
        .systemLibrary(name: "CLibuv", pkgConfig: "libuv", providers: [.apt(["libuv1-dev"])]),
        .systemLibrary(name: "CRocksDB", pkgConfig: "rocksdb", providers: [.apt(["librocksdb-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .target(name: "CLlhttp", cSettings: [.define("NDEBUG", .when(configuration: .release))]),
        .target(name: "CKeeper"),
        .target(name: "CSimdjson", linkerSettings: [.linkedLibrary("simdjson")]),

        .target(
            name: "Reactor", dependencies: ["CLibuv", "CLlhttp", "CKeeper", logging], swiftSettings: strict),
        .target(
            name: "JobsRuntime", dependencies: ["Reactor", "CSimdjson", "CRocksDB", logging, metrics],
            swiftSettings: strict),
        .target(
            name: "AppChannel", dependencies: ["JobsRuntime", "Reactor", logging], swiftSettings: strict),
        .target(
            name: "Prometheus", dependencies: ["JobsRuntime", "Reactor", metrics], swiftSettings: strict),
        .target(
            name: "AppRun", dependencies: ["Reactor", "YAML", logging], swiftSettings: strict),
        .target(name: "Handlers", dependencies: ["JobsRuntime"], swiftSettings: strict),
        .target(name: "YAML", dependencies: ["CYAML"], swiftSettings: strict),
        .target(
            name: "Settings",
            dependencies: ["YAML", .product(name: "Configuration", package: "swift-configuration")],
            swiftSettings: strict),
        .executableTarget(
            name: "DemoHost", dependencies: ["JobsRuntime", "Handlers", logging], swiftSettings: strict),
        .executableTarget(
            name: "mainspring",
            dependencies: [
                "JobsRuntime", "AppChannel", "AppRun", "Handlers", "Prometheus", "Reactor", "CKeeper",
                "Settings", logging,
                metrics,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        // Built with no more settings than a reader's own app has.
        .executableTarget(
            name: "job-service", dependencies: ["FlyingFox"], path: "Examples/quickstart/swift/job-service"),
        .executableTarget(name: "job-scheduler", path: "Examples/quickstart/swift/job-scheduler"),

        .target(
            name: "TestKit",
            dependencies: ["Reactor", "JobsRuntime", "CFaultPage", "CSpawn", logging, metrics],
            path: "Tests/TestKit", swiftSettings: strict),
        .testTarget(
            name: "ReactorTests", dependencies: ["Reactor", "TestKit"], swiftSettings: strict),
        .testTarget(
            name: "JobsRuntimeTests",
            dependencies: ["JobsRuntime", "Reactor", "TestKit", metrics, metricsTestKit],
            swiftSettings: strict),
        .testTarget(
            name: "AppChannelTests",
            dependencies: ["AppChannel", "JobsRuntime", "Reactor", "TestKit", metricsTestKit],
            swiftSettings: strict),
        .testTarget(
            name: "AppRunTests", dependencies: ["AppRun", "Reactor", "TestKit"], swiftSettings: strict),
        .testTarget(
            name: "PrometheusTests", dependencies: ["Prometheus", "JobsRuntime", metrics],
            swiftSettings: strict),
        .testTarget(
            name: "HandlersTests", dependencies: ["Handlers", "JobsRuntime", "TestKit"], swiftSettings: strict
        ),
        .testTarget(name: "YAMLTests", dependencies: ["YAML"], swiftSettings: strict),
        .testTarget(name: "SettingsTests", dependencies: ["Settings", "TestKit"], swiftSettings: strict),

        // Real processes: the hosts run as a person runs them, with a library of faults inside.
        .target(name: "CFaultPage", path: "Tests/CFaultPage"),
        .target(name: "CSpawn", path: "Tests/CSpawn"),
        .target(name: "FaultLibrary", dependencies: ["CFaultPage"], path: "Tests/FaultLibrary"),
        .executableTarget(name: "FaultProbe", path: "Tests/FaultProbe"),
        .testTarget(
            name: "EndToEndTests", dependencies: ["JobsRuntime", "Reactor", "Settings", "TestKit"],
            swiftSettings: strict),

        // What is fuzzed, run over its saved inputs in every test run; `make fuzz` adds the fuzzer itself.
        .target(
            name: "FuzzTargets", dependencies: ["Reactor", "JobsRuntime", "TestKit", "YAML"],
            path: "Fuzz/FuzzTargets", swiftSettings: strict),
        .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets", "TestKit"], swiftSettings: strict),

        .executableTarget(
            name: "WheelBench", dependencies: ["Reactor"], path: "Benchmarks/WheelBench",
            swiftSettings: strict),
        .executableTarget(
            name: "ScheduleBench", dependencies: ["JobsRuntime", "Reactor"], path: "Benchmarks/ScheduleBench",
            swiftSettings: strict),
        .executableTarget(
            name: "MetricsBench", dependencies: ["JobsRuntime", "Prometheus", "Reactor", metrics],
            path: "Benchmarks/MetricsBench", swiftSettings: strict),
    ],
    cxxLanguageStandard: .cxx17
)

// Links only where the compiler brings libFuzzer: `make fuzz` sets the variable and builds with `--sanitize fuzzer`.
if Context.environment["MAINSPRING_FUZZ"] != nil {
    package.targets += [
        .executableTarget(
            name: "Fuzzer", dependencies: ["FuzzTargets"], path: "Fuzz/Fuzzer", swiftSettings: strict)
    ]
}
