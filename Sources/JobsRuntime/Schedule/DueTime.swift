package import Reactor

/// What a `dueTime` may be: an instant, or a duration from the moment the job was accepted.
package enum DueTime: Sendable, Equatable {
    /// In RFC 3339.
    case instant(WallTime)
    /// In Go's spelling; may be negative.
    case after(GoDuration)

    /// Reads a text, in the contract's order: RFC 3339, Go's durations, ISO 8601's.
    package init(_ text: String) throws(GrammarFault) {
        if let instant = RFC3339.instant(text) {
            self = .instant(instant)
            return
        }
        do {
            self = .after(try GoDuration(text))
        } catch {
            // Go's own sentence is dropped: the text may have been meant as any of the three.
            throw Self.fault(text)
        }
    }

    /// The tick that it names; one in the past is valid, and due at once.
    package func instant(acceptedAt now: WallTime) -> WallTime {
        switch self {
        case .instant(let instant): instant
        case .after(let duration): now + duration.duration
        }
    }

    /// An ISO 8601 duration is told apart by its letters only, so that it can be refused as what it is.
    private static func fault(_ text: String) -> GrammarFault {
        var rest = text.utf8[...]
        if rest.first == UInt8(ascii: "R") {
            let count = rest.dropFirst().prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
            let after = rest[count.endIndex...]
            guard !count.isEmpty, after.first == UInt8(ascii: "/") else { return notRecognized }
            if count.contains(where: { $0 != UInt8(ascii: "0") }) {
                return .invalid("repeats not supported for due time")
            }
            rest = after.dropFirst()
        }
        let letters = "0123456789YMWDTHS".utf8
        guard rest.first == UInt8(ascii: "P"), rest.count > 1, rest.dropFirst().allSatisfy(letters.contains)
        else {
            return notRecognized
        }
        return .unimplemented("dueTime \"\(text)\" is an ISO 8601 duration, which is not supported yet")
    }

    private static let notRecognized = GrammarFault.invalid("due time format not recognized")
}
