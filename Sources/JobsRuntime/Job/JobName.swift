/// A job's name that keeps the contract's rules: any bytes of UTF-8 but separators and control characters.
///
/// The rules are about the *composed* key `app||<namespace>||<appID>||<name>`, so an app with a long id has
/// less room.
package struct JobName: Sendable, Hashable {
    /// The longest composed key, in bytes.
    package static let longestKey = 512

    /// Why a name was refused.
    package struct Fault: Error, Sendable, Equatable {
        /// The contract's text, with the composed key in it.
        package let message: String

        package init(message: String) { self.message = message }
    }

    /// The name as it was asked for; names are compared byte by byte.
    package let bytes: [UInt8]

    /// Checks a name that is not empty; an empty one has an error of its own.
    package init(_ bytes: [UInt8], of app: AppIdentity) throws(Fault) {
        if let rule = Self.brokenRule(bytes, prefixLength: app.keyPrefix.utf8.count) {
            let key = GoQuote.quoted(Array(app.keyPrefix.utf8) + bytes)
            throw Fault(message: "job name is invalid \(key): \(rule)")
        }
        self.bytes = bytes
    }

    /// Takes the surrounding white space off, as scheduling does (reading and deleting do not).
    package static func trimmed(_ bytes: [UInt8]) -> [UInt8] {
        guard let first = bytes.first, let last = bytes.last else { return bytes }
        // Printable ASCII at both ends: nearly every name.
        if first > 0x20, first < 0x7F, last > 0x20, last < 0x7F { return bytes }
        // Bytes that are no UTF-8 are left as they are, to be refused as they are.
        guard let text = String(validating: bytes, as: UTF8.self) else { return bytes }
        let scalars = text.unicodeScalars
        let start = scalars.firstIndex { !$0.properties.isWhitespace } ?? scalars.endIndex
        let rest = scalars[start...]
        guard let end = rest.lastIndex(where: { !$0.properties.isWhitespace }) else { return [] }
        return Array(String(rest[...end]).utf8)
    }

    /// The first rule that the name breaks, in the contract's order.
    private static func brokenRule(_ bytes: [UInt8], prefixLength: Int) -> String? {
        if prefixLength + bytes.count > longestKey { return "must be at most \(longestKey) characters" }
        var hasSeparator = false
        var hasControl = false
        var isASCII = true
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "/"), UInt8(ascii: "\\"), UInt8(ascii: "#"), UInt8(ascii: "?"):
                hasSeparator = true
            case 0..<0x20, 0x7F: hasControl = true
            case 0x80...: isASCII = false
            default: break
            }
        }
        if hasSeparator { return "must not contain '/', '\\', '#' or '?'" }
        if hasControl { return "must not contain control characters" }
        return isASCII ? nil : brokenUnicodeRule(bytes)
    }

    /// C1 controls are two bytes in UTF-8: 0xC2 and 0x80 to 0x9F.
    private static func brokenUnicodeRule(_ bytes: [UInt8]) -> String? {
        guard String(validating: bytes, as: UTF8.self) != nil else { return "must be valid UTF-8" }
        for index in bytes.indices.dropLast() where bytes[index] == 0xC2 && bytes[index + 1] < 0xA0 {
            return "must not contain control characters"
        }
        return nil
    }
}
