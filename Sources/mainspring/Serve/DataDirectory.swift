internal import JobsRuntime

/// Where jobs are kept when nothing was said.
enum DataDirectory {
    /// The folder that was given, else what systemd provides, else one in the user's state directory (XDG
    /// Base Directory Specification).
    static func choose(_ given: String?, namespace: String, appID: String) throws -> String {
        if let given { return given }
        if let state = Environment.value(of: "STATE_DIRECTORY") { return state }
        return "\(try base)/mainspring/\(folder(namespace))/\(folder(appID))"
    }

    /// The same for a run template, which has one folder for all of its apps.
    static func choose(_ given: String?, templatePath: String) throws -> String {
        if let given { return given }
        if let state = Environment.value(of: "STATE_DIRECTORY") { return state }
        // FNV-1a: two files in folders of one name are two.
        let hash = templatePath.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01b3
        }
        let name = templatePath.split(separator: "/").dropLast().last.map(String.init) ?? "root"
        return "\(try base)/mainspring-run/\(folder(String(name.prefix(32))))-\(String(hash, radix: 36))"
    }

    private static var base: String {
        get throws {
            if let state = Environment.value(of: "XDG_STATE_HOME") { return state }
            if let home = Environment.value(of: "HOME") { return home + "/.local/state" }
            throw StoreError(
                code: .notWritable, message: "there is no HOME to keep jobs in: give a folder with --data-dir"
            )
        }
    }

    /// A name as one folder's.
    private static func folder(_ name: String) -> String {
        let folder = name.replacing("/", with: "_")
        return folder == "." || folder == ".." ? "_" : folder
    }
}
