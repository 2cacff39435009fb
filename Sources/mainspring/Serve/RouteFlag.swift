internal import ArgumentParser
internal import Handlers
internal import JobsRuntime

/// `--route PREFIX=HANDLER`: a name prefix and one of the bundled handlers.
struct RouteFlag: ExpressibleByArgument {
    let prefix: String
    private let handler: any JobHandler

    /// The bundled handlers, by the name that the flag uses.
    private static let handlers: [(name: String, make: @Sendable () -> any JobHandler)] = [
        ("droid-maintenance", { DroidMaintenanceHandler() }),
        ("echo", { EchoHandler() }),
    ]

    static var allValueStrings: [String] { handlers.map { "PREFIX=\($0.name)" } }

    init?(argument: String) {
        guard let equals = argument.lastIndex(of: "=") else { return nil }
        let name = argument[argument.index(after: equals)...]
        guard let entry = Self.handlers.first(where: { $0.name == name }) else { return nil }
        prefix = String(argument[..<equals])
        handler = entry.make()
    }

    func register(with runtime: JobsRuntime) async throws { try await runtime.route(prefix, to: handler) }
}
