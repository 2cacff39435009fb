internal import CYAML

/// Which libyaml runs in this process.
package enum YAMLVersion {
    /// Such as `0.2.5`.
    package static var text: String { unsafe String(cString: yaml_get_version_string()) }
}
