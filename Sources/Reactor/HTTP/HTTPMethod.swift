/// The verb of a request.
///
/// Those that no route can have are all `other`.
package enum HTTPMethod: UInt8, Sendable, CaseIterable {
    case get, head, post, put, delete, patch, options, trace, other

    /// The methods are numbered from 0 to this, exclusive.
    static let count = 9
}
