internal import Glibc

/// A fresh folder, gone when the story is.
final class StoryFolder {
    let path: String

    init() throws(StoryFailure) {
        let parent = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        var path = Array("\(parent)/mainspring-demo-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&path) != nil else {
            throw StoryFailure("no folder can be made in \(parent), which TMPDIR names", errno: errno)
        }
        self.path = String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        // What cannot be removed stays in the temporary folder, where it harms nobody.
        guard let remover = try? Child(["rm", "-rf", "--", path]) else { return }
        _ = try? remover.rest(until: .now + .seconds(5))
    }
}
