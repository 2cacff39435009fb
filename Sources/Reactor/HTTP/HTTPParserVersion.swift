internal import CLlhttp

/// Which llhttp was built into this process.
package enum HTTPParserVersion {
    /// Such as `6.0.10`.
    package static var text: String {
        "\(LLHTTP_VERSION_MAJOR).\(LLHTTP_VERSION_MINOR).\(LLHTTP_VERSION_PATCH)"
    }
}
