internal import Glibc
internal import Reactor

/// The system's folder of zones, and those that were read from it.
///
/// A zone is read when a schedule names it first, which stops the loop for some 50 microseconds, and kept: a newer folder
/// is seen after a restart. Safe to use from any thread, as stored jobs are read on another one.
package final class ZoneFolder: Sendable {
    /// Zones that are kept; the folder has about 600 names.
    package static let maximumZones = 1024
    /// The longest name that is looked for, in bytes; the folder's longest has 32.
    package static let longestName = 64

    /// The folder that the C library reads too: `TZDIR`, or Debian's.
    package static let system = ZoneFolder(path: environmentPath ?? "/usr/share/zoneinfo")

    /// Where it is.
    package let path: String
    private let maximum: Int
    private let zones = Guarded<[String: Zone]>([:])

    /// A folder that need not exist; at most `maximum` zones of it are kept in memory.
    package init(path: String, maximum: Int = ZoneFolder.maximumZones) {
        self.path = path
        self.maximum = maximum
    }

    /// Zones in memory.
    package var count: Int { zones.withLock { $0.count } }

    /// The zone of a name; a fault says in Go's words what is wrong with the name.
    package func zone(named name: String) throws(GrammarFault) -> Zone {
        // Only ASCII is looked up: to Swift, a Kelvin sign and a K are one character.
        if name.utf8.allSatisfy({ $0 < 0x80 }), let zone = zones.withLock({ $0[name] }) { return zone }
        if name.utf8.elementsEqual("UTC".utf8) { return .utc }
        if Self.isPathTrick(name) { throw Self.fault(name, "time: invalid location name") }
        guard Self.isName(name) else { throw Self.fault(name, "unknown time zone \(name)") }
        guard let bytes = read(name), let zone = ZoneFile.zone(named: name, bytes) else {
            if read("Etc/UTC") == nil, read("UTC") == nil {
                let reason = "there are no time zones in \(path): install the package tzdata, or set TZDIR"
                throw Self.fault(name, reason)
            }
            throw Self.fault(name, "unknown time zone \(name)")
        }
        zones.withLock { zones in
            // Any one makes room: schedules keep the zones that they use.
            if zones.count >= maximum, let other = zones.keys.first { zones[other] = nil }
            if zones.count < maximum { zones[name] = zone }
        }
        return zone
    }

    private static func fault(_ name: String, _ reason: String) -> GrammarFault {
        .invalid("provided bad location \(name): \(reason)")
    }

    // MARK: Names

    /// What Go refuses before it looks for a file.
    private static func isPathTrick(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        if bytes.first == UInt8(ascii: "/") || bytes.first == UInt8(ascii: "\\") { return true }
        return bytes.indices.dropLast().contains { bytes[$0] == 0x2E && bytes[$0 + 1] == 0x2E }
    }

    /// Whether this may be the name of a region: what else lies in the folder is no zone, or is one under a false name.
    ///
    /// `localtime`, `posixrules` and `Factory` are whatever this machine was set to; `right/` counts leap seconds, and
    /// `posix/` is the same zones once more, on Debian alone.
    private static func isName(_ name: String) -> Bool {
        guard (1...longestName).contains(name.utf8.count) else { return false }
        let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let others = ["localtime", "posixrules", "Factory", "posix", "right"]
        guard !others.contains(where: { parts[0].elementsEqual($0.utf8) }) else { return false }
        return parts.allSatisfy { part in
            guard let first = part.first, first != UInt8(ascii: "-") else { return false }
            return part.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & ~0x20)
                    || byte == UInt8(ascii: "_")
                    || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
            }
        }
    }

    // MARK: Files

    private static var environmentPath: String? {
        guard let value = unsafe getenv("TZDIR"), unsafe value.pointee != 0 else { return nil }
        return unsafe String(cString: value)
    }

    /// What a file holds, or `nil` when it cannot be read or is no file.
    private func read(_ name: String) -> [UInt8]? {
        // Neither a pipe nor a device may keep the loop waiting.
        let descriptor = unsafe open(path + "/" + name, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            status.st_size <= ZoneFile.maximumBytes
        else { return nil }
        var bytes = [UInt8](repeating: 0, count: status.st_size)
        var count = 0
        while count < bytes.count {
            let got = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(descriptor, buffer.baseAddress! + count, buffer.count - count)
            }
            guard got > 0 else { return nil }
            count += got
        }
        return bytes
    }
}
