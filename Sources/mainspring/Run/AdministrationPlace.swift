internal import Glibc

/// A folder of this user's alone for the administration's socket of a run that has no data folder.
struct AdministrationPlace {
    let path: String

    /// Makes the folder where the user's sockets are kept (XDG Base Directory Specification); `nil` where none can be made, and
    /// then the run is not listed.
    init?() {
        let parent = Environment.value(of: "XDG_RUNTIME_DIR") ?? Environment.value(of: "TMPDIR") ?? "/tmp"
        var template = Array("\(parent)/mainspring-run-XXXXXX".utf8CString)
        let made = unsafe template.withUnsafeMutableBufferPointer { buffer -> String? in
            guard let start = buffer.baseAddress, let path = unsafe mkdtemp(start) else { return nil }
            return unsafe String(cString: path)
        }
        guard let made else { return nil }
        path = made
    }

    /// Removes the folder, from which the socket has gone.
    func remove() { unsafe rmdir(path) }
}
