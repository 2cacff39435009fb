/// An answer as a test looks at it.
package struct HTTPAnswer: Sendable, CustomStringConvertible {
    package var status: Int
    /// By lower-case name; of a name that came twice the last.
    package var headers: [String: String]
    package var body: String

    package var description: String { "\(status) \(body)" }

    /// Cuts one answer off the front of `bytes`: the answer and its length, or `nil` if it is not all there.
    static func parse(_ bytes: [UInt8]) throws -> (HTTPAnswer, Int)? {
        guard let head = HTTPHead(bytes) else { return nil }
        let words = head.firstLine.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0] == "HTTP/1.1" || words[0] == "HTTP/1.0", let status = Int(words[1])
        else {
            throw TestFailure("not a status line: '\(head.firstLine)'")
        }
        let isBare = status == 204 || status == 304 || status / 100 == 1
        let length = isBare ? 0 : head.contentLength
        guard bytes.count >= head.length + length else { return nil }
        let body = String(decoding: bytes[head.length..<head.length + length], as: UTF8.self)
        return (HTTPAnswer(status: status, headers: head.headers, body: body), head.length + length)
    }
}

/// The first line and the headers of a message.
struct HTTPHead {
    var firstLine: String
    var headers: [String: String] = [:]
    /// In bytes, with the empty line.
    var length: Int

    var contentLength: Int { headers["content-length"].flatMap { Int($0) } ?? 0 }

    /// The head at the front of `bytes`, or `nil` if its empty line is not there yet.
    init?(_ bytes: [UInt8]) {
        guard let end = HTTPHead.end(of: bytes) else { return nil }
        var lines = String(decoding: bytes[..<(end - 4)], as: UTF8.self).split(
            separator: "\r\n", omittingEmptySubsequences: false)
        firstLine = String(lines.removeFirst())
        for line in lines {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop(while: { $0 == " " })
            headers[line[..<colon].lowercased()] = String(value)
        }
        length = end
    }

    private static func end(of bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        for index in 3..<bytes.count where bytes[index] == 10 && bytes[index - 1] == 13 {
            if bytes[index - 2] == 10, bytes[index - 3] == 13 { return index + 1 }
        }
        return nil
    }
}
