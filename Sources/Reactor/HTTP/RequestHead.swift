/// What the head of a request says, as places in the message and as numbers: nothing is copied out of it.
struct RequestHead {
    var method = MessageSlice()
    var target = MessageSlice()
    /// The target's path as sent; empty if an absolute target has none.
    var path = MessageSlice()
    var query: MessageSlice?
    var isVersion10 = false
    var hasHost = false
    var isChunked = false
    var expectsContinue = false
    var contentLength: Int?
}

/// One header field; the value is without the blanks around it.
struct HeaderField {
    var name: MessageSlice
    var value: MessageSlice
}

/// The header fields of the message at hand, in memory that is used again for the next one.
@safe final class HeaderTable {
    private let fields: UnsafeMutablePointer<HeaderField>
    private let capacity: Int
    private var length = 0

    init(capacity: Int) {
        self.capacity = capacity
        unsafe fields = .allocate(capacity: capacity)
    }

    deinit { unsafe fields.deallocate() }

    var count: Int { length }

    subscript(_ index: Int) -> HeaderField {
        precondition(index >= 0 && index < length, "a header field past the last one")
        return unsafe fields[index]
    }

    /// Adds a field; false if there is no room.
    func append(_ field: HeaderField) -> Bool {
        if length == capacity { return false }
        unsafe (fields + length).initialize(to: field)
        length += 1
        return true
    }

    func removeAll() { length = 0 }
}
