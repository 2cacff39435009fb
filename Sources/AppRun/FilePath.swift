internal import Glibc

/// Paths as texts, and what lies there.
package enum FilePath {
    enum Kind { case file, folder, missing(Int32) }

    /// What is at a path; links are followed.
    static func kind(of path: String) -> Kind {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return .missing(errno) }
        return status.st_mode & S_IFMT == S_IFDIR ? .folder : .file
    }

    /// The path from the root, without `.`, `..` and doubled slashes.
    static func absolute(_ path: String, in folder: String) -> String {
        var parts: [Substring] = []
        for part in (path.hasPrefix("/") ? path : folder + "/" + path).split(separator: "/") where part != "."
        {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    /// The path from the root and without links (realpath(3)), of what is there.
    package static func real(_ path: String) -> String? {
        guard let real = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }

    /// The folder of an absolute path.
    static func folder(of path: String) -> String {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The last part of an absolute path.
    static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? "/" }

    /// What the system says of an `errno`.
    static func reason(_ number: Int32) -> String {
        guard let text = unsafe strerror(number) else { return "error \(number)" }
        return unsafe String(cString: text)
    }
}
