internal import Glibc

/// Paths as the system knows them.
enum RealPath {
    /// A path from the root, without links (realpath(3)); `nil` where there is nothing.
    static func of(_ path: String) -> String? {
        guard let real = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }
}
