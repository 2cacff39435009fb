internal import Glibc

/// Where the build put what the tests run.
package enum Products {
    /// The folder of the running test bundle, which holds the executables and the fault library too.
    package static func folder() throws -> String {
        let path = try realPath("/proc/self/exe")
        guard let slash = path.lastIndex(of: "/") else { throw TestFailure("no folder in '\(path)'") }
        return String(path[..<slash])
    }

    /// The path of a product, which must be there.
    package static func path(of product: String) throws -> String {
        let path = try folder() + "/" + product
        guard unsafe access(path, R_OK) == 0 else {
            throw TestFailure("'\(path)' is not there: run 'swift build --build-tests' first")
        }
        return path
    }

    /// The path of a program that a person would find by its name.
    package static func tool(_ name: String) throws -> String {
        let path = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? "/usr/bin:/bin"
        for folder in path.split(separator: ":") where unsafe access("\(folder)/\(name)", X_OK) == 0 {
            return "\(folder)/\(name)"
        }
        throw TestFailure("'\(name)' is not installed; 'make test' installs what the tests need")
    }

    /// The folder of the project: the one above the build folder.
    package static func projectFolder() throws -> String {
        var folder = try folder()
        while !folder.isEmpty {
            if unsafe access(folder + "/Package.swift", R_OK) == 0 { return folder }
            folder = String(folder[..<(folder.lastIndex(of: "/") ?? folder.startIndex)])
        }
        throw TestFailure("no Package.swift above the build folder")
    }

    /// The path without links and dots.
    package static func realPath(_ path: String) throws -> String {
        guard let real = unsafe realpath(path, nil) else { throw TestFailure("no such path: '\(path)'") }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }
}
