internal import Glibc
internal import JobsRuntime

/// Where jobs are kept when nothing was said.
enum DataDirectory {
    /// The folder that was given, else what systemd provides, else one in the user's state directory (XDG
    /// Base Directory Specification).
    static func choose(_ given: String?, appID: String) throws -> String {
        if let given { return given }
        if let state = environment("STATE_DIRECTORY") { return state }
        let base: String
        if let state = environment("XDG_STATE_HOME") {
            base = state
        } else if let home = environment("HOME") {
            base = home + "/.local/state"
        } else {
            throw StoreError(
                code: .notWritable, message: "there is no HOME to keep jobs in: give a folder with --data-dir"
            )
        }
        let name = appID.replacing("/", with: "_")
        return "\(base)/mainspring/default/\(name == "." || name == ".." ? "_" : name)"
    }

    private static func environment(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        let text = unsafe String(cString: value)
        return text.isEmpty ? nil : text
    }
}
