/// A time that passed, in milliseconds with one decimal, such as `0.4 ms`.
struct Milliseconds: CustomStringConvertible, Comparable {
    private let tenths: Int64

    /// Rounds down, so that what is early by a hair still reads as negative.
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let nanoseconds = attoseconds / 1_000_000_000
        let (quotient, remainder) = nanoseconds.quotientAndRemainder(dividingBy: 100_000)
        tenths = seconds * 10_000 + (remainder < 0 ? quotient - 1 : quotient)
    }

    /// Reads what `description` wrote.
    init?(_ text: Substring) {
        guard text.hasSuffix(" ms"), let value = Double(text.dropLast(3)) else { return nil }
        tenths = Int64((value * 10).rounded())
    }

    /// Whether it lies before the moment that it is measured from.
    var isNegative: Bool { tenths < 0 }

    var description: String {
        "\(tenths < 0 ? "-" : "")\(tenths.magnitude / 10).\(tenths.magnitude % 10) ms"
    }

    /// The same in seconds, for what takes long, such as `6.2 s`.
    var inSeconds: String { "\(tenths / 10_000).\(tenths.magnitude / 1_000 % 10) s" }

    static func < (left: Milliseconds, right: Milliseconds) -> Bool { left.tenths < right.tenths }
}
