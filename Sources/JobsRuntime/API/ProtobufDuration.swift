/// A duration in protobuf's JSON: decimal seconds and an `s`, such as `10s` or `0.2s`.
///
/// What is taken is what protobuf's own parser for Go takes: a sign of either kind, no leading zero, nothing at all on
/// one side of the point, nine digits of fraction, and 10,000 years at most. Units other than `s` are not in it.
enum ProtobufDuration {
    /// The largest number of whole seconds, either way.
    static let maximumSeconds: Int64 = 315_576_000_000

    /// Why a text is no duration.
    enum Fault: Error { case malformed, outOfRange }

    /// Reads a text, byte by byte.
    static func parse(_ text: String) throws(Fault) -> Duration {
        var rest = Array(text.utf8)[...]
        guard rest.popLast() == UInt8(ascii: "s") else { throw .malformed }
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        guard !rest.isEmpty else { throw .malformed }
        let whole = rest.prefix(while: isDigit)
        rest = rest[whole.endIndex...]
        if whole.count > 1, whole.first == UInt8(ascii: "0") { throw .malformed }
        var nanoseconds: Int64 = 0
        if let point = rest.popFirst() {
            guard point == UInt8(ascii: "."), rest.count <= 9, rest.allSatisfy(isDigit) else {
                throw .malformed
            }
            for index in 0..<9 {
                let digit = index < rest.count ? rest[rest.startIndex + index] - UInt8(ascii: "0") : 0
                nanoseconds = nanoseconds * 10 + Int64(digit)
            }
        }
        // Past the limit, more digits change nothing, and would overflow.
        var seconds: Int64 = 0
        for digit in whole where seconds <= maximumSeconds {
            seconds = seconds * 10 + Int64(digit - UInt8(ascii: "0"))
        }
        guard seconds <= maximumSeconds else { throw .outOfRange }
        let length = Duration.seconds(seconds) + .nanoseconds(nanoseconds)
        return isNegative ? .zero - length : length
    }

    /// Appends a duration as protobuf writes it: with no fraction, or one of three, six or nine digits.
    static func append(_ duration: Duration, to output: inout [UInt8]) {
        let (seconds, attoseconds) = duration.components
        let nanoseconds = attoseconds / 1_000_000_000
        if seconds < 0 || nanoseconds < 0 { output.append(UInt8(ascii: "-")) }
        output.append(contentsOf: String(seconds.magnitude).utf8)
        if nanoseconds != 0 {
            let digits = String(nanoseconds.magnitude)
            var fraction = [UInt8](repeating: UInt8(ascii: "0"), count: 9 - digits.utf8.count)
            fraction += digits.utf8
            while fraction.suffix(3).allSatisfy({ $0 == UInt8(ascii: "0") }) { fraction.removeLast(3) }
            output.append(UInt8(ascii: "."))
            output += fraction
        }
        output.append(UInt8(ascii: "s"))
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
