internal import JobsRuntime

/// Where jobs are kept when nothing was said.
enum DataDirectory {
    /// The folder that was given, else what systemd provides, else one in the user's state directory (XDG
    /// Base Directory Specification).
    static func choose(_ given: String?, namespace: String, appID: String) throws -> String {
        if let given { return given }
        if let state = Environment.value(of: "STATE_DIRECTORY") { return state }
        let base: String
        if let state = Environment.value(of: "XDG_STATE_HOME") {
            base = state
        } else if let home = Environment.value(of: "HOME") {
            base = home + "/.local/state"
        } else {
            throw StoreError(
                code: .notWritable, message: "there is no HOME to keep jobs in: give a folder with --data-dir"
            )
        }
        return "\(base)/mainspring/\(folder(namespace))/\(folder(appID))"
    }

    /// A name as one folder's.
    private static func folder(_ name: String) -> String {
        let folder = name.replacing("/", with: "_")
        return folder == "." || folder == ".." ? "_" : folder
    }
}
