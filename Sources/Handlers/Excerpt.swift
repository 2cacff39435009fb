/// The beginning of what a client sent, fit for one line of a log: bounded, and without control characters.
enum Excerpt {
    /// So many bytes are shown.
    static let longest = 256

    /// As it is, cut, with a blank for each control character.
    static func oneLine(_ bytes: [UInt8]) -> String {
        var result = ""
        for scalar in String(decoding: bytes.prefix(longest), as: UTF8.self).unicodeScalars {
            result.unicodeScalars.append(scalar.properties.generalCategory == .control ? " " : scalar)
        }
        return bytes.count > longest ? result + "…" : result
    }

    /// The same between quotes, or the word for nothing.
    static func quoted(_ bytes: [UInt8]?) -> String {
        bytes.map { "'\(oneLine($0))'" } ?? "absent"
    }
}
