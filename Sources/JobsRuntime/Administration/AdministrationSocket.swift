internal import Glibc

/// Where a host can be administrated.
package enum AdministrationSocket {
    /// The socket's name in the data folder; whoever looks for hosts knows them by it.
    package static let name = "mainspring.sock"

    /// The path in a data folder, from the root, so that others find it wherever they stand.
    package static func path(in folder: String) -> String {
        "\(absolute(folder))/\(name)"
    }

    /// A folder's path from the root.
    static func absolute(_ folder: String) -> String {
        folder.hasPrefix("/") ? folder : "\(workingFolder())/\(folder)"
    }

    private static func workingFolder() -> String {
        guard let path = unsafe getcwd(nil, 0) else { return "." }
        defer { unsafe free(path) }
        return unsafe String(cString: path)
    }
}
