internal import Glibc

/// A fresh folder on a real disk, removed with everything in it when the last reference goes.
///
/// It lies in `TMPDIR`, else in `/var/tmp` and not in `/tmp`, which is memory on many machines: there a sync costs nothing
/// and proves nothing.
package final class TemporaryFolder: Sendable {
    package let path: String

    package init() throws {
        let parent = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/var/tmp"
        var template = Array((parent + "/mainspring-test-XXXXXX").utf8CString)
        let made = unsafe template.withUnsafeMutableBufferPointer { buffer in
            unsafe mkdtemp(buffer.baseAddress!).map { unsafe String(cString: $0) }
        }
        guard let made else { throw TestFailure("cannot make a folder in '\(parent)': errno \(errno)") }
        path = try Products.realPath(made)
    }

    deinit { TemporaryFolder.remove(path) }

    /// The path of something in the folder.
    package func path(of name: String) -> String { path + "/" + name }

    /// Writes a file in the folder and returns its path.
    @discardableResult
    package func write(_ content: String, to name: String) throws -> String {
        let path = path(of: name)
        guard let file = unsafe fopen(path, "w") else { throw TestFailure("cannot write '\(path)'") }
        defer { unsafe fclose(file) }
        guard unsafe fputs(content, file) >= 0 else { throw TestFailure("cannot write '\(path)'") }
        return path
    }

    /// Makes a folder in the folder, if it is not there, and returns its path.
    @discardableResult
    package func makeFolder(_ name: String) throws -> String {
        let path = path(of: name)
        guard unsafe mkdir(path, 0o755) == 0 || errno == EEXIST else {
            throw TestFailure("cannot make '\(path)': errno \(errno)")
        }
        return path
    }

    /// The content of a file, as text.
    package static func read(_ path: String) throws -> String {
        String(decoding: try bytes(path), as: UTF8.self)
    }

    /// The content of a file.
    package static func bytes(_ path: String) throws -> [UInt8] {
        guard let file = unsafe fopen(path, "r") else { throw TestFailure("cannot read '\(path)'") }
        defer { unsafe fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe fread(&chunk, 1, chunk.count, file)
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        return bytes
    }

    /// Removes `path` and what is below it; links are not followed.
    private static func remove(_ path: String) {
        if let folder = unsafe opendir(path) {
            while let entry = unsafe readdir(folder) {
                let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                    unsafe String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
                }
                let child = path + "/" + name
                if name == "." || name == ".." { continue }
                if unsafe entry.pointee.d_type == UInt8(DT_DIR) {
                    remove(child)
                } else {
                    unsafe unlink(child)
                }
            }
            unsafe closedir(folder)
        }
        // What cannot be removed is left to the machine's own sweeping of the folder.
        unsafe rmdir(path)
    }
}
