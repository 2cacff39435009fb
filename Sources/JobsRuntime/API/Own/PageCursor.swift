/// Where a page of a list ended, as a text that a client hands back without looking into it.
///
/// A version, then the last name of the page in hexadecimal.
enum PageCursor {
    private static let version = "1."

    static func text(after name: [UInt8]) -> String {
        version
            + name.map { byte in
                let digits = String(byte, radix: 16)
                return byte < 16 ? "0" + digits : digits
            }.joined()
    }

    /// The name, or `nil` for what this host has not written.
    static func name(_ text: String) -> [UInt8]? {
        guard text.hasPrefix(version) else { return nil }
        let digits = text.utf8.dropFirst(version.utf8.count).map { digit -> UInt8? in
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
            default: nil
            }
        }
        guard !digits.isEmpty, digits.count % 2 == 0 else { return nil }
        var name: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            name.append(high << 4 | low)
        }
        return name
    }
}
