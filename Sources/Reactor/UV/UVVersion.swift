internal import CLibuv

/// Which libuv runs in this process.
package enum UVVersion {
    /// Such as `1.44.2`.
    package static var text: String { unsafe String(cString: uv_version_string()) }
}
