/// Reads the six fields of a cron expression (contract, section 4.1), and refuses with the words and in the order of
/// the parser that Dapr has.
struct CronParser {
    private let bytes: [UInt8]

    /// A parser of a text's bytes.
    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// What a field may hold.
    private struct Bounds {
        let least: Int
        let greatest: Int
        /// Three lower-case letters each, packed by `pack`; the first one stands for `least`.
        var names: [UInt32] = []
    }

    private static let seconds = Bounds(least: 0, greatest: 59)
    private static let minutes = Bounds(least: 0, greatest: 59)
    private static let hours = Bounds(least: 0, greatest: 23)
    private static let days = Bounds(least: 1, greatest: 31)
    private static let months = Bounds(
        least: 1, greatest: 12,
        names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"].map {
            pack($0.utf8)
        })
    private static let weekdays = Bounds(
        least: 0, greatest: 6,
        names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"].map { pack($0.utf8) })

    /// Reads everything from `start` on.
    func expression(from start: Int) throws(GrammarFault) -> CronExpression {
        let fields = GoSpace.fields(of: bytes, from: start)
        guard fields.count == 6 else {
            let shown = fields.map { text($0) }.joined(separator: " ")
            throw .invalid("expected exactly 6 fields, found \(fields.count): [\(shown)]")
        }
        let seconds = try field(fields[0], Self.seconds)
        let minutes = try field(fields[1], Self.minutes)
        let hours = try field(fields[2], Self.hours)
        let days = try field(fields[3], Self.days)
        let months = try field(fields[4], Self.months)
        let weekdays = try field(fields[5], Self.weekdays)
        return CronExpression(
            seconds: seconds.bits, minutes: minutes.bits, hours: hours.bits, days: days.bits,
            months: months.bits,
            weekdays: weekdays.bits, needsOneDayOnly: !days.hasStar && !weekdays.hasStar)
    }

    /// A comma list, in which empty items are passed over.
    ///
    /// `hasStar` is whether an item is an unstepped star.
    private func field(_ range: Range<Int>, _ bounds: Bounds) throws(GrammarFault) -> (
        bits: UInt64, hasStar: Bool
    ) {
        var bits: UInt64 = 0
        var hasStar = false
        var begin = range.lowerBound
        for index in range.lowerBound...range.upperBound
        where index == range.upperBound || bytes[index] == UInt8(ascii: ",") {
            if begin < index {
                let item = try item(begin..<index, bounds)
                bits |= item.bits
                hasStar = hasStar || item.hasStar
            }
            begin = index + 1
        }
        return (bits, hasStar)
    }

    /// One item of a list: `*`, `?`, `a` or `a-b`, each with an optional `/n`.
    ///
    /// What follows `*-` is not looked at.
    private func item(_ range: Range<Int>, _ bounds: Bounds) throws(GrammarFault) -> (
        bits: UInt64, hasStar: Bool
    ) {
        let parts = parts(of: range)
        var hasStar = false
        var (first, last) = (bounds.least, bounds.greatest)
        if isStar(parts.low) {
            hasStar = true
        } else {
            first = try number(orName: parts.low, bounds)
            guard parts.hyphens <= 1 else { throw .invalid("too many hyphens: \(text(range))") }
            last =
                try parts.high.map { high throws(GrammarFault) in try number(orName: high, bounds) } ?? first
        }
        var step = 1
        guard parts.slashes <= 1 else { throw .invalid("too many slashes: \(text(range))") }
        if let stepText = parts.step {
            step = try number(stepText)
            if parts.hyphens == 0 { last = bounds.greatest }
            if step > 1 { hasStar = false }
        }
        if first < bounds.least {
            throw .invalid("beginning of range (\(first)) below minimum (\(bounds.least)): \(text(range))")
        }
        if last > bounds.greatest {
            throw .invalid("end of range (\(last)) above maximum (\(bounds.greatest)): \(text(range))")
        }
        if first > last {
            throw .invalid("beginning of range (\(first)) beyond end of range (\(last)): \(text(range))")
        }
        if step == 0 { throw .invalid("step of range should be a positive number: \(text(range))") }
        return (Self.bits(from: first, through: last, by: step), hasStar)
    }

    /// Every step-th place of a range; both ends are below 64, the step may be anything from 1 on.
    private static func bits(from first: Int, through last: Int, by step: Int) -> UInt64 {
        if step == 1 { return CronExpression.bits(from: first, through: last) }
        return stride(from: first, through: last, by: step).reduce(0) { $0 | 1 << $1 }
    }

    // MARK: Numbers and names

    /// A number, or one of the field's names, in any case.
    private func number(orName range: Range<Int>, _ bounds: Bounds) throws(GrammarFault) -> Int {
        if range.count == 3, let place = bounds.names.firstIndex(of: Self.pack(bytes[range])) {
            return bounds.least + place
        }
        return try number(range)
    }

    /// The letters of a name as one number, in lower case.
    private static func pack(_ letters: some Sequence<UInt8>) -> UInt32 {
        letters.reduce(0) { $0 << 8 | UInt32((0x41...0x5A).contains($1) ? $1 | 0x20 : $1) }
    }

    /// A decimal number as Go's `strconv.Atoi` reads it, signs included; it must not be negative.
    private func number(_ range: Range<Int>) throws(GrammarFault) -> Int {
        let value: Int
        switch GoInteger.parse(bytes[range]) {
        case .value(let parsed): value = parsed
        case .syntax: throw notANumber(range, "invalid syntax")
        case .range: throw notANumber(range, "value out of range")
        }
        guard value >= 0 else { throw .invalid("negative number (\(value)) not allowed: \(text(range))") }
        return value
    }

    private func notANumber(_ range: Range<Int>, _ reason: String) -> GrammarFault {
        let quoted = GoQuote.quoted(Array(bytes[range]))
        return .invalid("failed to parse int from \(text(range)): strconv.Atoi: parsing \(quoted): \(reason)")
    }

    // MARK: Bytes

    private func isStar(_ range: Range<Int>) -> Bool {
        range.count == 1
            && (bytes[range.lowerBound] == UInt8(ascii: "*") || bytes[range.lowerBound] == UInt8(ascii: "?"))
    }

    /// An item taken apart at its first slash, and what stands before that at its first two hyphens.
    private struct Parts {
        var low: Range<Int>
        var high: Range<Int>?
        var step: Range<Int>?
        var hyphens = 0
        var slashes = 0
    }

    private func parts(of range: Range<Int>) -> Parts {
        var parts = Parts(low: range)
        for index in range {
            if bytes[index] == UInt8(ascii: "/") {
                parts.slashes += 1
                guard parts.slashes == 1 else { continue }
                parts.step = index + 1..<range.upperBound
                end(&parts, at: index)
            } else if bytes[index] == UInt8(ascii: "-"), parts.slashes == 0 {
                parts.hyphens += 1
                end(&parts, at: index)
                if parts.hyphens == 1 { parts.high = index + 1..<range.upperBound }
            }
        }
        return parts
    }

    /// Ends the part that the bytes before `index` belong to.
    private func end(_ parts: inout Parts, at index: Int) {
        if let high = parts.high {
            parts.high = high.lowerBound..<min(high.upperBound, index)
        } else {
            parts.low = parts.low.lowerBound..<index
        }
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}
