/// Reads a `ZoneRule`; whatever the bytes are, the answer is a rule within bounds or `nil`.
struct ZoneRuleReader {
    private let bytes: ArraySlice<UInt8>
    private var index: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        index = bytes.startIndex
    }

    /// The rule that is all of the bytes.
    static func read(_ bytes: ArraySlice<UInt8>) -> ZoneRule? {
        var reader = ZoneRuleReader(bytes)
        return reader.rule()
    }

    private mutating func rule() -> ZoneRule? {
        guard skipName(), let standard = offset() else { return nil }
        if index == bytes.endIndex { return ZoneRule(standard: standard, summer: nil) }
        guard skipName() else { return nil }
        // One hour ahead where nothing else is said.
        var summer = standard + 3600
        if !isNext(",") {
            guard let offset = offset() else { return nil }
            summer = offset
        }
        guard skip(","), let begin = change(), skip(","), let end = change(), index == bytes.endIndex,
            abs(summer) < Zone.greatestOffset
        else { return nil }
        return ZoneRule(standard: standard, summer: .init(offset: summer, begin: begin, end: end))
    }

    /// Three letters or more, or anything in angle brackets.
    private mutating func skipName() -> Bool {
        if skip("<") {
            while index < bytes.endIndex {
                index += 1
                if bytes[index - 1] == UInt8(ascii: ">") { return true }
            }
            return false
        }
        let start = index
        while index < bytes.endIndex, (0x41...0x5A).contains(bytes[index] & ~0x20) { index += 1 }
        return index - start >= 3
    }

    /// Seconds ahead of UTC; POSIX counts them behind it.
    private mutating func offset() -> Int64? {
        guard let time = time(hours: 0...24), abs(time) < Zone.greatestOffset else { return nil }
        return -time
    }

    /// `h`, `h:mm` or `h:mm:ss` with a sign.
    private mutating func time(hours range: ClosedRange<Int>) -> Int64? {
        let sign: Int64 = skip("-") ? -1 : 1
        if sign == 1 { _ = skip("+") }
        guard let hours = number(range) else { return nil }
        var seconds = hours * 3600
        for unit in [60, 1] {
            guard skip(":") else { break }
            guard let part = number(0...59) else { return nil }
            seconds += part * unit
        }
        return sign * Int64(seconds)
    }

    private mutating func change() -> ZoneRule.Change? {
        let day: ZoneRule.Day
        if skip("M") {
            guard let month = number(1...12), skip("."), let week = number(1...5), skip("."),
                let weekday = number(0...6)
            else { return nil }
            day = .weekday(month: month, week: week, weekday: weekday)
        } else if skip("J") {
            guard let number = number(1...365) else { return nil }
            day = .withoutLeapDay(number)
        } else {
            guard let number = number(0...365) else { return nil }
            day = .ofYear(number)
        }
        guard skip("/") else { return ZoneRule.Change(day: day, time: 7200) }
        // RFC 8536 allows a week in either direction.
        return time(hours: 0...167).map { ZoneRule.Change(day: day, time: $0) }
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int? {
        let start = index
        var value = 0
        while index < bytes.endIndex, (0x30...0x39).contains(bytes[index]), index - start < 3 {
            value = value * 10 + Int(bytes[index] - 0x30)
            index += 1
        }
        return index > start && range.contains(value) ? value : nil
    }

    private func isNext(_ character: Unicode.Scalar) -> Bool {
        index < bytes.endIndex && bytes[index] == UInt8(ascii: character)
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard isNext(character) else { return false }
        index += 1
        return true
    }
}
