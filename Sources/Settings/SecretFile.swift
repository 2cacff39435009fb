/// A file that holds a secret, so that it stands neither in the environment nor on a command line.
package enum SecretFile {
    /// The longest secret that is read, in bytes.
    package static let maximumBytes = 4096

    /// The secret in a file, without the end of its line.
    ///
    /// A file that everybody can read keeps no secret, and is refused. An error begins with the file's name.
    package static func read(_ path: String) throws(SettingsError) -> String {
        let contents: FileText.Contents
        do { contents = try FileText.read(path, upTo: maximumBytes) } catch {
            throw SettingsError("\(path) \(error)")
        }
        let mode = String(contents.mode & 0o777, radix: 8)
        guard contents.mode & 0o007 == 0 else {
            throw SettingsError(
                "\(path) holds a secret and is open to everybody (mode \(mode)): chmod 600 \(path)")
        }
        guard !contents.isCutOff else {
            throw SettingsError(
                "\(path) has more than \(maximumBytes) bytes: put the secret alone there")
        }
        let isEnd: (UInt8) -> Bool = { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
        var bytes = contents.bytes
        while let last = bytes.last, isEnd(last) { bytes.removeLast() }
        guard !bytes.isEmpty else { throw SettingsError("\(path) is empty: write the secret there") }
        return String(decoding: bytes, as: UTF8.self)
    }
}
