internal import Glibc
internal import JobsRuntime
internal import Reactor

/// Whether the ports are free that a host would take, and who has them if not.
struct DoctorPorts {
    let serve: Serve
    /// The process that has the data folder open: its ports are where they should be.
    let host: Int32?

    var findings: [Finding] {
        var findings = serve.api.addresses.map { check("http-port", $0, serve.api.httpPort) }
        if let port = serve.api.publicPort {
            findings.append(check("dapr-public-port", serve.api.addresses.first ?? "127.0.0.1", port))
        }
        if TruthFlag.isOn(serve.metrics.enabled, standard: true) { findings.append(metrics) }
        findings += access
        return findings
    }

    private var metrics: Finding {
        let port = serve.metrics.port ?? MetricsFlags.standardPort
        if port != 0, port == serve.api.httpPort {
            return .problem(
                "metrics-port", "\(port) is the port of the API too",
                mend: "choose another with --metrics-port")
        }
        let finding = check("metrics-port", "127.0.0.1", port)
        guard finding.verdict == .problem, serve.metrics.port == nil, let mend = finding.mend else {
            return finding
        }
        return .warning(
            "metrics-port", finding.found + ", and a host starts without metrics",
            mend: mend + ", or turn them off with --enable-metrics=false")
    }

    private var access: [Finding] {
        // A token that cannot be read was refused before.
        let hasToken = (try? serve.api.token) != nil
        let isOpen = serve.api.addresses.contains {
            !($0.hasPrefix("127.") || ["localhost", "::1"].contains($0))
        }
        guard isOpen, !hasToken else { return [] }
        return [
            .warning(
                "listen", "whoever reaches \(serve.api.listen) may schedule and delete jobs",
                mend: "ask for a token with DAPR_API_TOKEN or --dapr-api-token-file")
        ]
    }

    private func check(_ name: String, _ host: String, _ port: Int) -> Finding {
        guard port != 0 else { return .ok(name, "a free one is taken at start") }
        guard let address = try? SocketAddress(host: host, port: port) else {
            // Addresses were checked with the flags, so this is the name of none.
            return .problem(name, "\(host):\(port) is no address", mend: "choose another with --listen")
        }
        switch DoctorSocket.bind(address) {
        case 0: return .ok(name, "\(address) is free")
        case EADDRINUSE: return taken(name, address)
        case EACCES, EPERM:
            return .problem(
                name, "\(address) may not be taken by this user",
                mend: "choose a port above 1023 with --\(name)")
        case EADDRNOTAVAIL:
            return .problem(
                name, "\(host) is no address of this machine", mend: "choose one of its own with --listen")
        case let status:
            return .problem(
                name, "\(address) cannot be taken, \(DoctorSocket.reason(status))",
                mend: "choose another with --\(name)")
        }
    }

    private func taken(_ name: String, _ address: SocketAddress) -> Finding {
        let owners = ProcessTable.listeners(on: address.port)
        if let host, owners.contains(host) {
            return .ok(name, "\(address) is the host's that runs in the data folder (process \(host))")
        }
        guard let owner = owners.first else {
            return .problem(
                name, "\(address) is taken by a process that cannot be seen from here",
                mend: "stop it, or choose another with --\(name)")
        }
        return .problem(
            name, "\(address) is taken by \(ProcessTable.name(of: owner)) (process \(owner))",
            mend: "stop that one, or choose another with --\(name)")
    }
}
