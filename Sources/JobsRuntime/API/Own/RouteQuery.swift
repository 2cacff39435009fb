internal import Reactor

/// The parameters of a query, each known by name, given once, and of the right type.
struct RouteQuery {
    private let values: [String: [UInt8]]

    /// Reads a request's query; a parameter that is not among `known` is refused, as a slip of the pen may mean another.
    init(_ request: HTTPRequest, known: [String]) throws(APIError) {
        var values: [String: [UInt8]] = [:]
        let query = unsafe request.query.map { unsafe Array($0) } ?? []
        for pair in query.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(parts[0]),
                let value = Self.decoded(parts.count == 2 ? parts[1] : [])
            else {
                throw .badParameter("\(GoQuote.quoted(Array(pair))) has a broken percent-escape")
            }
            let text = String(decoding: name, as: UTF8.self)
            guard known.contains(text) else {
                throw .badParameter(
                    "\(GoQuote.quoted(name)) is no parameter of this route: "
                        + (known.isEmpty ? "it has none" : "use \(known.joined(separator: ", "))"))
            }
            guard values.updateValue(value, forKey: text) == nil else {
                throw .badParameter("\(text) is given twice: give it once")
            }
        }
        self.values = values
    }

    /// The value as it was sent, decoded.
    subscript(name: String) -> [UInt8]? { values[name] }

    /// A text.
    func text(_ name: String) throws(APIError) -> String? {
        guard let bytes = values[name] else { return nil }
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        throw .badParameter("\(name) \(GoQuote.quoted(bytes)) is no UTF-8")
    }

    /// A whole number within a range.
    func number(_ name: String, in range: ClosedRange<Int>) throws(APIError) -> Int? {
        guard let bytes = values[name] else { return nil }
        let isDigits = bytes.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        if isDigits, let number = Int(String(decoding: bytes, as: UTF8.self)), range.contains(number) {
            return number
        }
        throw .badParameter(
            "\(name) \(GoQuote.quoted(Array(bytes.prefix(64)))) is no whole number from \(range.lowerBound) to \(range.upperBound)"
        )
    }

    /// `true` or `false`; `false` where it was not given.
    func flag(_ name: String) throws(APIError) -> Bool {
        guard let bytes = values[name] else { return false }
        if bytes.elementsEqual("true".utf8) { return true }
        if bytes.elementsEqual("false".utf8) { return false }
        throw .badParameter("\(name) \(GoQuote.quoted(Array(bytes.prefix(64)))) is neither true nor false")
    }

    private static func decoded(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        unsafe Array(bytes).withUnsafeBytes { unsafe PercentDecoding.queryComponent($0) }
    }
}

// The errors of our own routes: the document is the API's, the codes are ours.
extension APIError {
    /// A parameter that is missing, unknown or wrong.
    static func badParameter(_ sentence: String) -> APIError {
        APIError(httpStatus: 400, errorCode: "MAINSPRING_BAD_PARAMETER", message: "parameter \(sentence)")
    }

    /// There is no job of the name.
    static func noSuchJob(_ name: [UInt8]) -> APIError {
        APIError(
            httpStatus: 404, errorCode: "MAINSPRING_JOB_NOT_FOUND",
            message: "there is no job \(GoQuote.quoted(name))")
    }

    /// Too much is under way already.
    static func busy(_ sentence: String) -> APIError {
        APIError(httpStatus: 503, errorCode: "MAINSPRING_BUSY", message: sentence)
    }

    /// The store is at fault.
    static func store(_ sentence: String) -> APIError {
        APIError(httpStatus: 503, errorCode: "MAINSPRING_STORE", message: sentence)
    }

    /// One listener more than there may be.
    static func tooManyListeners(_ limit: Int) -> APIError {
        APIError(
            httpStatus: 429, errorCode: "MAINSPRING_TOO_MANY_LISTENERS",
            message: "\(limit) listen to the events already: try again when one has gone")
    }
}
