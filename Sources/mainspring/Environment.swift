internal import Glibc

/// The process's environment.
enum Environment {
    /// All variables; of two with one name the first, as `getenv` has it.
    static var all: [String: String] {
        var all: [String: String] = [:]
        var next = unsafe environ
        while let entry = unsafe next.pointee {
            let parts = unsafe String(cString: entry).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            if parts.count == 2, all[name] == nil { all[name] = String(parts[1]) }
            unsafe next += 1
        }
        return all
    }

    /// The value of a variable; one that is empty counts as not set.
    static func value(of name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        let text = unsafe String(cString: value)
        return text.isEmpty ? nil : text
    }

    /// The value of a variable, which is then no longer set; for nobody who has started threads.
    static func take(_ name: String) -> String? {
        defer { unsafe unsetenv(name) }
        return value(of: name)
    }

    /// Whether a variable is set to nothing.
    static func isEmpty(_ name: String) -> Bool {
        guard let value = unsafe getenv(name) else { return false }
        return unsafe value.pointee == 0
    }
}
