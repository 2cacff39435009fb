/// A value of a YAML document, and the line that it begins on, so that whoever refuses it can say where it stands.
///
/// Scalars are their text: whether `3500` is a number is for the one who asked for a number to say.
package struct YAMLNode: Sendable {
    /// What a value is.
    package indirect enum Content: Sendable {
        /// A text; `isQuoted` tells `""` from nothing, and `"null"` from none.
        case scalar(String, isQuoted: Bool)
        case sequence([YAMLNode])
        /// In the order of the text; no two keys are the same.
        case mapping([Entry])
    }

    /// A key and its value.
    package struct Entry: Sendable {
        package let key: String
        /// The line of the key, from 1.
        package let line: Int
        package let value: YAMLNode
    }

    package let content: Content
    /// From 1.
    package let line: Int

    package init(_ content: Content, line: Int) {
        self.content = content
        self.line = line
    }

    /// The text of a scalar; `nil` for a list, for a mapping, and where there is no value (nothing, `~` or `null`).
    package var text: String? {
        guard case .scalar(let text, let isQuoted) = content, isQuoted || !Self.nothing.contains(text) else {
            return nil
        }
        return text
    }

    private static let nothing: Set<String> = ["", "~", "null", "Null", "NULL"]

    /// What this is, in the words of a sentence that says what was found.
    package var kind: String {
        switch content {
        case .scalar: text == nil ? "nothing" : "a value"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}
