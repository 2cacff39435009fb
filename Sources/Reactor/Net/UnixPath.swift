internal import Glibc

/// The path of a Unix socket as the system takes it.
///
/// `sockaddr_un` has room for 107 bytes (unix(7)), and libuv cuts off what is longer. A longer path is reached through its
/// folder, which stays open meanwhile: `/proc/self/fd/N/NAME`, on Linux alone.
struct UnixPath: ~Copyable {
    /// The bytes that a path may have.
    static let longest = 107

    /// What to hand to the system.
    let text: String
    private let folder: Int32?

    init(_ path: String) throws(ReactorError) {
        guard path.utf8.count > Self.longest else {
            text = path
            folder = nil
            return
        }
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        let parent = String(path.utf8.dropLast(name.utf8.count)) ?? "/"
        let descriptor = unsafe open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw ReactorError(
                code: .badAddress, operation: "opening the folder of a Unix socket", status: -errno,
                reason: unsafe String(cString: strerror(errno)))
        }
        let short = "/proc/self/fd/\(descriptor)/\(name)"
        guard short.utf8.count <= Self.longest else {
            close(descriptor)
            throw ReactorError(
                code: .badAddress, operation: "naming a Unix socket",
                reason: "the name '\(name)' is too long; use one of up to 64 bytes")
        }
        text = short
        folder = descriptor
    }

    deinit { if let folder { close(folder) } }
}
