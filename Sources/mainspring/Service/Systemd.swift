internal import Glibc
internal import Logging

/// systemd, told with datagrams of NAME=VALUE lines, as sd_notify(3) and sd_watchdog_enabled(3) describe them.
final class Systemd: ServiceManager {
    /// How long news may wait for room at systemd's end, in seconds.
    private static let longestWait = 5

    let patience: Duration?
    private let descriptor: Int32
    /// The socket's name: a path, or an abstract one with a zero byte in front.
    private let name: [UInt8]
    private let logger: Logger

    /// The manager that the environment names, if any.
    ///
    /// The variables are taken out of the environment, so that no child takes itself for the service. To be called before
    /// there are other threads: an environment has no lock. What cannot be used is a warning, since the host itself is well.
    static func take(logger: Logger) -> Systemd? {
        let socket = Environment.take("NOTIFY_SOCKET")
        let interval = Environment.take("WATCHDOG_USEC")
        let process = Environment.take("WATCHDOG_PID")
        guard let socket else { return nil }
        let isOurs = process == nil || process == "\(getpid())"
        let patience = isOurs ? interval.flatMap { readInterval($0, logger) } : nil
        do { return try Systemd(socket: socket, patience: patience, logger: logger) } catch {
            logger.warning("systemd is not told how the host goes: \(error)")
            return nil
        }
    }

    private init(socket text: String, patience: Duration?, logger: Logger) throws(SystemdError) {
        name = try Self.readName(text)
        self.patience = patience
        self.logger = logger
        descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SystemdError("there is no socket to be had (errno \(errno))") }
        var wait = timeval(tv_sec: Self.longestWait, tv_usec: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    // MARK: News

    func tell(_ news: ServiceNews) {
        let text =
            switch news {
            case .starting(let what): "STATUS=\(line(what))"
            case .ready(let what): "READY=1\nSTATUS=\(line(what))"
            case .stopping: "STOPPING=1\nSTATUS=stopping"
            case .failed(let why): "STATUS=\(line(why))"
            }
        let fault = send(text, flags: 0)
        if fault != 0 { logger.warning("systemd was not told \"\(line(text))\": errno \(fault)") }
    }

    /// A full socket is no reason to wait: systemd has not read the last sign yet, and the next one comes soon.
    func feed() { _ = send("WATCHDOG=1", flags: Int32(MSG_DONTWAIT)) }

    /// A value must not go on in a second line, which would be another variable.
    private func line(_ text: String) -> String { text.replacing("\n", with: " ") }

    /// Sends one datagram; returns 0, or the number of what went wrong.
    private func send(_ text: String, flags: Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let bytes = Array(text.utf8)
        while true {
            let sent = unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                    unsafe sendto(
                        descriptor, bytes, bytes.count, flags | Int32(MSG_NOSIGNAL), generic, length)
                }
            }
            if sent >= 0 { return 0 }
            if errno != EINTR { return errno }
        }
    }

    // MARK: The environment's words

    private static func readName(_ text: String) throws(SystemdError) -> [UInt8] {
        var name = Array(text.utf8)
        guard let first = name.first, first == UInt8(ascii: "/") || first == UInt8(ascii: "@"), name.count > 1
        else {
            throw SystemdError(
                "NOTIFY_SOCKET is \"\(text)\": use an absolute path, or @ and an abstract name")
        }
        guard name.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path) else {
            throw SystemdError("NOTIFY_SOCKET has \(name.count) bytes: a socket's name has at most 107")
        }
        if first == UInt8(ascii: "@") { name[0] = 0 }
        return name
    }

    private static func readInterval(_ text: String, _ logger: Logger) -> Duration? {
        if let microseconds = Int64(text), microseconds > 0 { return .microseconds(microseconds) }
        logger.warning(
            "systemd gets no signs of life: WATCHDOG_USEC is \"\(text)\", not a number of microseconds above 0"
        )
        return nil
    }
}

/// Why systemd cannot be told anything.
private struct SystemdError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
