/// Checks the framing of a chunked body by the letter of RFC 9112, 7.1, before llhttp decodes it.
///
/// llhttp, as it is built here, skips the two bytes behind a chunk's data unseen, and reads trailers as leniently as it
/// reads heads. The same bytes pass through here first; what passes can be read in one way only.
struct ChunkGuard {
    private enum State {
        case size(digits: Int)
        case extended, sizeEnd, data, dataEnd, dataEndLF
        case trailer, trailerName, trailerValue, trailerEnd, lastLF, done
    }

    /// Sixteen digits would overflow.
    private static let longestSize = 15

    private let bodyLimit: Int
    private let lineLimit: Int
    private var state = State.size(digits: 0)
    private var chunk = 0
    private var total = 0
    /// Bytes spent on what is not body, in extensions and trailers.
    private var overhead = 0

    /// `lineLimit` bounds all extensions and trailers of a body together.
    init(bodyLimit: Int, lineLimit: Int) {
        self.bodyLimit = bodyLimit
        self.lineLimit = lineLimit
    }

    /// Whether the body's last byte was seen.
    var isDone: Bool {
        if case .done = state { return true }
        return false
    }

    /// How many of the next bytes belong to the body.
    mutating func check(_ bytes: MessageBytes) throws(HTTPRefusal) -> Int {
        var at = 0
        while at < bytes.count, !isDone {
            if case .data = state {
                let taken = min(chunk, bytes.count - at)
                chunk -= taken
                at += taken
                if chunk == 0 { state = .dataEnd }
            } else {
                try take(bytes[at])
                at += 1
            }
        }
        return at
    }

    private mutating func take(_ byte: UInt8) throws(HTTPRefusal) {
        switch state {
        case .size(let digits): try takeSize(byte, digits)
        case .extended:
            try count()
            if byte == UInt8(ascii: "\r") { state = .sizeEnd } else { try checkText(byte) }
        case .sizeEnd:
            try require(byte, UInt8(ascii: "\n"))
            state = chunk == 0 ? .trailer : .data
        case .dataEnd:
            try require(byte, UInt8(ascii: "\r"))
            state = .dataEndLF
        case .dataEndLF:
            try require(byte, UInt8(ascii: "\n"))
            state = .size(digits: 0)
        case .trailer, .trailerName, .trailerValue, .trailerEnd: try takeTrailer(byte)
        case .lastLF:
            try require(byte, UInt8(ascii: "\n"))
            state = .done
        case .data, .done: preconditionFailure("data is taken in one piece, and nothing follows the end")
        }
    }

    private mutating func takeSize(_ byte: UInt8, _ digits: Int) throws(HTTPRefusal) {
        if let digit = byte.hexadecimal {
            guard digits < Self.longestSize else {
                throw HTTPRefusal(400, "a chunk's size has too many digits")
            }
            chunk = chunk << 4 | Int(digit)
            state = .size(digits: digits + 1)
            return
        }
        guard digits > 0 else { throw HTTPRefusal(400, "a chunk does not begin with its size") }
        guard chunk <= bodyLimit - total else { throw .bodyTooLarge }
        total += chunk
        switch byte {
        case UInt8(ascii: "\r"): state = .sizeEnd
        case UInt8(ascii: ";"): state = .extended
        default: throw HTTPRefusal(400, "a chunk's size is followed by neither CR nor an extension")
        }
    }

    private mutating func takeTrailer(_ byte: UInt8) throws(HTTPRefusal) {
        try count()
        switch state {
        case .trailer where byte == UInt8(ascii: "\r"): state = .lastLF
        case .trailerName where byte == UInt8(ascii: ":"): state = .trailerValue
        case .trailer, .trailerName:
            guard byte.isToken else {
                throw HTTPRefusal(400, "a trailer's name is not a token with a colon behind it")
            }
            state = .trailerName
        case .trailerValue:
            if byte == UInt8(ascii: "\r") { state = .trailerEnd } else { try checkText(byte) }
        default:
            try require(byte, UInt8(ascii: "\n"))
            state = .trailer
        }
    }

    private mutating func count() throws(HTTPRefusal) {
        overhead += 1
        if overhead > lineLimit {
            throw HTTPRefusal(431, "a chunked body's extensions and trailers exceed the limit")
        }
    }

    private func require(_ byte: UInt8, _ wanted: UInt8) throws(HTTPRefusal) {
        if byte != wanted {
            throw HTTPRefusal(400, "CR and LF do not stand where a chunked body must have them")
        }
    }

    private func checkText(_ byte: UInt8) throws(HTTPRefusal) {
        guard byte.isFieldText else {
            throw HTTPRefusal(400, "a chunked body's extension or trailer holds a control character")
        }
    }
}
