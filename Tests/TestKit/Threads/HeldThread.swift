internal import CSpawn
internal import Glibc

/// One thread of a process that a test started, kept still while its other threads run on.
package final class HeldThread {
    private let id: pid_t

    /// Holds the thread of that name; the thread that calls is the one that may release it.
    package init(named name: String, of process: ChildProcess) throws {
        id = try HeldThread.find(name, process.id)
        let fault = hold_thread(id)
        guard fault == 0 else { throw TestFailure("the thread '\(name)' cannot be held: errno \(fault)") }
    }

    /// Lets it go on.
    package func release() throws {
        let fault = release_thread(id)
        guard fault == 0 else { throw TestFailure("the held thread cannot be released: errno \(fault)") }
    }

    private static func find(_ name: String, _ process: Int32) throws -> pid_t {
        let path = "/proc/\(process)/task"
        guard let folder = unsafe opendir(path) else { throw TestFailure("no folder '\(path)'") }
        defer { unsafe closedir(folder) }
        while let entry = unsafe readdir(folder) {
            let word = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
            }
            guard let id = pid_t(word) else { continue }
            if try TemporaryFolder.read("\(path)/\(word)/comm") == name + "\n" { return id }
        }
        throw TestFailure("process \(process) has no thread '\(name)'")
    }
}
