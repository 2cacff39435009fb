internal import Glibc
internal import YAML

/// The bytes of a run template, and where it lies.
struct TemplateFile {
    /// How messages name it.
    let shown: String
    /// The file as an absolute path; `-` in place of the name for standard input.
    let path: String
    /// What relative paths in it are relative to.
    let folder: String
    let bytes: [UInt8]

    /// The names that a folder is searched for.
    private static let names = ["dapr.yaml", "dapr.yml"]

    /// Reads a file, a folder's `dapr.yaml`, or standard input for `-`.
    init(_ argument: String) throws(TemplateError) {
        let here = Self.currentFolder()
        guard argument != "-" else {
            (shown, path, folder) = ("standard input", here + "/-", here)
            bytes = try Self.read(STDIN_FILENO, "standard input")
            return
        }
        let found = try Self.find(argument)
        path = FilePath.absolute(found, in: here)
        folder = FilePath.folder(of: path)
        shown = found
        let descriptor = unsafe open(found, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure(found, errno) }
        defer { close(descriptor) }
        bytes = try Self.read(descriptor, found)
    }

    private static func find(_ argument: String) throws(TemplateError) -> String {
        switch FilePath.kind(of: argument) {
        case .file: return argument
        case .missing(let number): throw failure(argument, number)
        case .folder:
            let base = argument.hasSuffix("/") ? argument : argument + "/"
            for name in names {
                if case .file = FilePath.kind(of: base + name) { return base + name }
            }
            throw TemplateError(
                file: argument, line: nil,
                reason: "the folder has no \(names[0]): write one, or name a file")
        }
    }

    private static func failure(_ file: String, _ number: Int32) -> TemplateError {
        TemplateError(file: file, line: nil, reason: "it cannot be read: \(FilePath.reason(number))")
    }

    private static func read(_ descriptor: Int32, _ file: String) throws(TemplateError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= YAMLDocument.maximumBytes {
            let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(file, errno) }
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        // One that is longer is refused by whoever parses it.
        return bytes
    }

    private static func currentFolder() -> String {
        guard let path = unsafe getcwd(nil, 0) else { return "/" }
        defer { unsafe free(path) }
        return unsafe String(cString: path)
    }
}
