/// The parts of a path that stand where a route has `{name}`, in the order of the route, as sent.
///
/// Lent with the request: valid during the handler's call alone.
@safe package struct RouteParameters {
    /// Parameters of one route at most.
    package static let limit = 4

    private let path: UnsafeRawBufferPointer
    private var slices = InlineArray<4, MessageSlice>(repeating: MessageSlice())
    private var length = 0

    init(path: UnsafeRawBufferPointer) { unsafe self.path = path }

    /// How many the route has.
    package var count: Int { length }

    /// The parameter at an index, its percent-escapes kept.
    package subscript(_ index: Int) -> UnsafeRawBufferPointer {
        precondition(index >= 0 && index < length, "a route parameter past the last one")
        return unsafe UnsafeRawBufferPointer(rebasing: path[slices[index].range])
    }

    /// The parameter at an index, decoded as a query component; `nil` where an escape is broken.
    package func decoded(_ index: Int) -> [UInt8]? { unsafe PercentDecoding.queryComponent(self[index]) }

    mutating func append(_ slice: MessageSlice) {
        slices[length] = slice
        length += 1
    }

    mutating func removeLast() { length -= 1 }
}
