internal import Glibc

/// Reads small files that a person names.
enum FileText {
    /// A file's bytes, its permission bits, and whether there are more than were asked for.
    struct Contents {
        var bytes: [UInt8]
        var mode: UInt32
        var isCutOff: Bool
    }

    /// The first `limit` bytes of a regular file; an error says what is wrong with it, as a clause behind its name.
    static func read(_ path: String, upTo limit: Int) throws(SettingsError) -> Contents {
        // A pipe without a writer would hold the open for ever.
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw SettingsError("cannot be read: \(reason(errno))") }
        defer { close(file) }
        var status = stat()
        guard unsafe fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw SettingsError("is no file")
        }
        var contents = Contents(bytes: [], mode: status.st_mode & 0o7777, isCutOff: false)
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            let count = unsafe Glibc.read(file, &buffer, buffer.count)
            if count == 0 { return contents }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SettingsError("cannot be read: \(reason(errno))") }
            contents.bytes += buffer[..<count]
            if contents.bytes.count > limit {
                contents.isCutOff = true
                return contents
            }
        }
    }

    private static func reason(_ status: Int32) -> String {
        guard let text = unsafe strerror(status) else { return "error \(status)" }
        return unsafe String(cString: text)
    }
}
