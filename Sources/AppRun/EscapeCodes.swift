/// What a terminal takes as an order and not as text (ECMA-48): colours, moves of the cursor, titles.
enum EscapeCodes {
    /// Bold and bright blue.
    static let brightBlue = Array("\u{1B}[94;1m".utf8)
    /// The end of all colours.
    static let reset = Array("\u{1B}[0m".utf8)

    private static let escape: UInt8 = 0x1B
    private static let bell: UInt8 = 0x07

    /// A line without its orders, or with those for colours alone.
    ///
    /// An order that the line's end cuts off goes too; of a string that nothing ends the beginning alone, as the rest may be
    /// what the app has to say.
    static func removed(from line: [UInt8], keepsColours: Bool) -> [UInt8] {
        guard line.contains(escape) else { return line }
        var kept: [UInt8] = []
        var index = 0
        while index < line.count {
            guard line[index] == escape else {
                kept.append(line[index])
                index += 1
                continue
            }
            let end = orderEnd(in: line, from: index)
            if keepsColours, isColour(line[index..<end]) { kept += line[index..<end] }
            index = end
        }
        return kept
    }

    /// A line with spaces for what moves the cursor without an escape: it must not write over what stands in front of it.
    ///
    /// Tabs stay, and so do bytes that are no UTF-8.
    static func confined(_ line: [UInt8]) -> [UInt8] {
        var line = line
        for index in line.indices {
            let byte = line[index]
            if byte < 0x20, byte != UInt8(ascii: "\t"), byte != escape { line[index] = UInt8(ascii: " ") }
            // U+0080 to U+009F.
            if index > 0, line[index - 1] == 0xC2, (0x80...0x9F).contains(byte) {
                line[index - 1] = UInt8(ascii: " ")
                line[index] = UInt8(ascii: " ")
            }
        }
        return line
    }

    /// `ESC [ … m`.
    private static func isColour(_ order: ArraySlice<UInt8>) -> Bool {
        order.dropFirst().first == UInt8(ascii: "[") && order.last == UInt8(ascii: "m")
    }

    /// The index behind the order that begins at `start`.
    private static func orderEnd(in line: [UInt8], from start: Int) -> Int {
        var index = start + 1
        guard index < line.count else { return index }
        switch line[index] {
        case UInt8(ascii: "["):
            // Parameters and intermediates, then one final byte; anything else breaks it off.
            index += 1
            while index < line.count, (0x20...0x3F).contains(line[index]) { index += 1 }
            return index < line.count && (0x40...0x7E).contains(line[index]) ? index + 1 : index
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"):
            // A string, up to a bell or `ESC \`; another escape breaks it off.
            while index < line.count, line[index] != bell, line[index] != escape { index += 1 }
            if index < line.count, line[index] == bell { return index + 1 }
            if index + 1 < line.count, line[index + 1] == UInt8(ascii: "\\") { return index + 2 }
            return start + 2
        default:
            while index < line.count, (0x20...0x2F).contains(line[index]) { index += 1 }
            return min(index + 1, line.count)
        }
    }
}
