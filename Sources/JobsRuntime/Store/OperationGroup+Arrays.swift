// Keys and values that live in a property: a span of one would outlive its scope, an array does not.

extension OperationGroup {
    func require(absent key: [UInt8]) { require(absent: key.span) }

    func require(version: UInt64, of key: [UInt8]) { require(version: version, of: key.span) }

    func put(_ key: [UInt8], version: UInt64, _ value: [UInt8] = []) {
        put(key.span, version: version, value.span)
    }

    func delete(_ key: [UInt8]) { delete(key.span) }
}

extension OrderedStore {
    func get(_ key: [UInt8], into value: inout [UInt8]) throws(StoreError) -> UInt64? {
        try get(key.span, into: &value)
    }

    func getCached(_ key: [UInt8], into value: inout [UInt8]) throws(StoreError) -> CachedRead {
        try getCached(key.span, into: &value)
    }
}

extension StoreSnapshot {
    func get(_ key: [UInt8], into value: inout [UInt8]) throws(StoreError) -> UInt64? {
        try get(key.span, into: &value)
    }
}
