/// What went wrong with a store: what was asked, what answered, and how to mend it.
public struct StoreError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What a caller may act on.
    public struct Code: Sendable, Hashable {
        private enum Value: Sendable { case full, io, corruption, locked, notWritable, newerFormat, closed }
        private let value: Value
        private init(_ value: Value) { self.value = value }

        /// The disk is full.
        public static let full = Code(.full)
        /// The disk or the system answered with an error.
        public static let io = Code(.io)
        /// What was read is not what was written.
        public static let corruption = Code(.corruption)
        /// Another process has the folder open.
        public static let locked = Code(.locked)
        /// The folder cannot be made or written.
        public static let notWritable = Code(.notWritable)
        /// A newer version of this program wrote the store.
        public static let newerFormat = Code(.newerFormat)
        /// The store is closed.
        public static let closed = Code(.closed)
    }

    /// The class of the error.
    public let code: Code
    /// One sentence: what is wrong with what, and how to mend it.
    public let message: String

    package init(code: Code, message: String) {
        self.code = code
        self.message = message
    }

    package init(corruption what: String) {
        self.init(code: .corruption, message: "the store is damaged: \(what)")
    }

    /// Whether one record is at fault, which came from the disk as it was written, and not the store as a whole.
    package private(set) var isOfOneRecord = false

    /// An error of one record: the others can be read.
    package static func record(_ code: Code, _ message: String) -> StoreError {
        var error = StoreError(code: code, message: message)
        error.isOfOneRecord = true
        return error
    }

    /// The sentence.
    public var description: String { message }
}
