internal import Glibc

/// What `/proc` tells of the processes of this machine; what it does not tell this user is not there.
enum ProcessTable {
    /// Processes that listen on a TCP port, in the order of their numbers.
    static func listeners(on port: Int) -> [Int32] {
        let sockets = Set(listeningSockets().filter { $0.port == port }.map(\.inode))
        guard !sockets.isEmpty else { return [] }
        let processes = names(in: "/proc").compactMap { Int32($0) }.sorted()
        return processes.filter { !sockets.isDisjoint(with: self.sockets(of: $0)) }
    }

    /// The TCP ports that a process listens on, in order.
    static func ports(of process: Int32) -> [Int] {
        let sockets = sockets(of: process)
        return Set(listeningSockets().filter { sockets.contains($0.inode) }.map(\.port)).sorted()
    }

    /// What a process is called, such as `mainspring`.
    static func name(of process: Int32) -> String {
        text(of: "/proc/\(process)/comm").flatMap { $0.split(separator: "\n").first.map(String.init) } ?? "?"
    }

    /// Whether a process was stopped, as by Ctrl-Z, and does nothing until it is told to go on.
    static func isStopped(_ process: Int32) -> Bool {
        // The name before the state may hold blanks and parentheses.
        let state = text(of: "/proc/\(process)/stat")?.split(separator: ")").last?.split(separator: " ").first
        return state == "T" || state == "t"
    }

    /// A small file's text, or `nil` where it cannot be read.
    static func text(of path: String) -> String? {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            let count = unsafe read(file, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return count == 0 ? String(decoding: bytes, as: UTF8.self) : nil }
            bytes += buffer[..<count]
        }
    }

    /// The names in a folder without `.` and `..`; none where it cannot be read.
    static func names(in path: String) -> [String] {
        guard let folder = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) {
                unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    // MARK: Sockets

    private static func listeningSockets() -> [(port: Int, inode: String)] {
        let tables = ["/proc/net/tcp", "/proc/net/tcp6"].compactMap { text(of: $0) }
        return tables.flatMap { $0.split(separator: "\n") }.compactMap { line in
            // sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode …; 0A is LISTEN.
            let fields = line.split(separator: " ")
            guard fields.count > 9, fields[3] == "0A", let colon = fields[1].lastIndex(of: ":"),
                let port = Int(fields[1][colon...].dropFirst(), radix: 16)
            else { return nil }
            return (port, String(fields[9]))
        }
    }

    private static func sockets(of process: Int32) -> Set<String> {
        let folder = "/proc/\(process)/fd"
        let inodes = names(in: folder).compactMap { name -> String? in
            var buffer = [CChar](repeating: 0, count: 256)
            let count = unsafe readlink("\(folder)/\(name)", &buffer, buffer.count)
            guard count > 0 else { return nil }
            let target = String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
            guard target.hasPrefix("socket:["), target.hasSuffix("]") else { return nil }
            return String(target.dropFirst("socket:[".count).dropLast())
        }
        return Set(inodes)
    }
}
