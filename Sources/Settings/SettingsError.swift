/// A sentence about a setting that cannot be honoured: where it stands, what was found, what is wanted.
package struct SettingsError: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
