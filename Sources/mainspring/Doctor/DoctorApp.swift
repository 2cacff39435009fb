internal import Glibc
internal import Reactor

/// Whether somebody listens where the app should be.
struct DoctorApp {
    let options: AppOptions

    var findings: [Finding] {
        guard let port = options.port, let address = try? SocketAddress(host: options.address, port: port)
        else {
            return []
        }
        let mend = "start the app there, or name its port with --app-port; its jobs are held until it listens"
        switch DoctorSocket.connect(address) {
        case 0: return [.ok("app-port", "\(address) takes connections")]
        case ECONNREFUSED: return [.problem("app-port", "nobody listens on \(address)", mend: mend)]
        case let status:
            return [
                .problem(
                    "app-port", "\(address) takes no connection, \(DoctorSocket.reason(status))", mend: mend)
            ]
        }
    }
}
