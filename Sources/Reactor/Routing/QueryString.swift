/// Looks up one parameter of a query.
package enum QueryString {
    /// The decoded value of the first parameter called `name`.
    ///
    /// `nil` where there is none, or its escapes are broken.
    package static func value(of name: StaticString, in query: UnsafeRawBufferPointer) -> [UInt8]? {
        let pairs = unsafe Array(query).split(separator: UInt8(ascii: "&"))
        for pair in pairs {
            let parts = pair.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let key = parts.first, key.elementsEqual(name.description.utf8) else { continue }
            guard parts.count == 2 else { return [] }
            return unsafe Array(parts[1]).withUnsafeBytes { unsafe PercentDecoding.queryComponent($0) }
        }
        return nil
    }
}
