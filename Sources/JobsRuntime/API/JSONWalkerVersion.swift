internal import CSimdjson

/// Which simdjson runs in this process.
package enum JSONWalkerVersion {
    /// Such as `3.0.1`.
    package static var text: String { unsafe String(cString: csimdjson_version()) }
}
