import Glibc

/// The zones that the system's folder has, found by looking at every file.
enum ZoneNames {
    static let folder = "/usr/share/zoneinfo"

    /// The names of all regions, sorted.
    static let all: [String] = {
        var names: [String] = []
        collect("", into: &names)
        return names.sorted()
    }()

    /// One name for each zone that is really another one: most names are links.
    static let distinct: [String] = {
        var seen: Set<UInt64> = []
        return all.filter { name in
            var status = stat()
            unsafe stat(folder + "/" + name, &status)
            return seen.insert(UInt64(status.st_ino)).inserted
        }
    }()

    private static func collect(_ prefix: String, into names: inout [String]) {
        guard let directory = unsafe opendir(folder + "/" + prefix) else { return }
        defer { unsafe closedir(directory) }
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name.hasPrefix(".") || ["posix", "right", "localtime", "posixrules", "Factory"].contains(name)
            {
                continue
            }
            let path = prefix.isEmpty ? name : prefix + "/" + name
            var status = stat()
            guard unsafe stat(folder + "/" + path, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR { collect(path, into: &names) }
            if status.st_mode & S_IFMT == S_IFREG, isZone(path) { names.append(path) }
        }
    }

    private static func isZone(_ path: String) -> Bool {
        guard let file = unsafe fopen(folder + "/" + path, "r") else { return false }
        defer { unsafe fclose(file) }
        var magic = [UInt8](repeating: 0, count: 4)
        return unsafe fread(&magic, 1, 4, file) == 4 && magic == Array("TZif".utf8)
    }
}
