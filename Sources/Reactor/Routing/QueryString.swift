/// Looks up one parameter of a query.
package enum QueryString {
    /// The decoded value of the first parameter called `name`; `nil` where there is none, or its escapes are broken.
    package static func value(of name: StaticString, in query: UnsafeRawBufferPointer) -> [UInt8]? {
        for unsafe pair in unsafe query.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: true) {
            let parts = unsafe pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let key = unsafe parts.first, unsafe key.elementsEqual(name.description.utf8) else { continue }
            guard unsafe parts.count == 2 else { return [] }
            return unsafe PercentDecoding.queryComponent(UnsafeRawBufferPointer(rebasing: parts[1]))
        }
        return nil
    }
}
