/// A compiled zone file (TZif, RFC 8536), as the system has one for each zone.
///
/// Whatever the bytes are, the answer is a zone within bounds or `nil`.
package enum ZoneFile {
    /// Larger files are refused: the largest of the system's has 4 KiB.
    package static let maximumBytes = 64 << 10

    /// The zone that a file describes; `nil` for anything that is no zone file, or counts leap seconds.
    package static func zone(named name: String, _ bytes: [UInt8]) -> Zone? {
        guard let first = Header(bytes, at: 0) else { return nil }
        if first.version == 0 { return zone(named: name, bytes, first, timeSize: 4, rule: nil) }
        // From version 2 on the same comes again with times of 64 bits, and a rule for the time after.
        guard let second = Header(bytes, at: first.end(timeSize: 4)) else { return nil }
        let footer = second.end(timeSize: 8)
        guard footer < bytes.count, bytes[footer] == 0x0A,
            let end = bytes[(footer + 1)...].firstIndex(of: 0x0A)
        else { return nil }
        let text = bytes[(footer + 1)..<end]
        if text.isEmpty { return zone(named: name, bytes, second, timeSize: 8, rule: nil) }
        guard let rule = ZoneRuleReader.read(text) else { return nil }
        return zone(named: name, bytes, second, timeSize: 8, rule: rule)
    }

    /// The counts at the head of a block.
    private struct Header {
        let version: UInt8
        let start: Int
        let universalFlags, standardFlags, leapSeconds, times, types, nameBytes: Int

        init?(_ bytes: [UInt8], at start: Int) {
            guard start <= bytes.count - 44, bytes[start..<start + 4].elementsEqual("TZif".utf8) else {
                return nil
            }
            func count(_ place: Int) -> Int { Int(bytes.bigEndian(at: start + 20 + place * 4, size: 4)) }
            self.start = start + 44
            version = bytes[start + 4]
            (universalFlags, standardFlags, leapSeconds) = (count(0), count(1), count(2))
            (times, types, nameBytes) = (count(3), count(4), count(5))
            // No count is negative or so large that sums of them overflow.
            let counts = [universalFlags, standardFlags, leapSeconds, times, types, nameBytes]
            guard counts.allSatisfy({ (0...ZoneFile.maximumBytes).contains($0) }) else { return nil }
        }

        /// Where the block ends.
        func end(timeSize: Int) -> Int {
            start + times * (timeSize + 1) + types * 6 + nameBytes + leapSeconds * (timeSize + 4)
                + standardFlags
                + universalFlags
        }
    }

    private static func zone(
        named name: String, _ bytes: [UInt8], _ header: Header, timeSize: Int, rule: ZoneRule?
    ) -> Zone? {
        // With leap seconds an instant is not what POSIX and this program mean by it.
        guard header.leapSeconds == 0, header.types > 0, header.end(timeSize: timeSize) <= bytes.count else {
            return nil
        }
        let typeOfChange = header.start + header.times * timeSize
        let types = typeOfChange + header.times
        func offset(_ type: Int) -> Int32? {
            guard type < header.types else { return nil }
            let offset = bytes.bigEndian(at: types + type * 6, size: 4)
            return abs(offset) < Zone.greatestOffset ? Int32(offset) : nil
        }
        guard let initial = offset(0) else { return nil }
        var changes: [Int64] = []
        var offsets = [initial]
        for index in 0..<header.times {
            let change = bytes.bigEndian(at: header.start + index * timeSize, size: timeSize)
            guard changes.last.map({ $0 < change }) ?? true,
                let offset = offset(Int(bytes[typeOfChange + index]))
            else { return nil }
            changes.append(change)
            offsets.append(offset)
        }
        return Zone(name: name, changes: changes, offsets: offsets, rule: rule)
    }
}

extension [UInt8] {
    /// A signed number of 4 or 8 bytes.
    fileprivate func bigEndian(at start: Int, size: Int) -> Int64 {
        let value = self[start..<start + size].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return size == 4 ? Int64(Int32(truncatingIfNeeded: value)) : Int64(bitPattern: value)
    }
}
