import Glibc
import JobsRuntime
import Reactor
import TestKit
import Testing

@Suite("zones: files as RFC 8536 has them")
struct ZoneFileTests {
    @Test("a file of version 1 has times of 32 bits and no rule")
    func version1() throws {
        let zone = try #require(
            Self.zone(Self.file(version: 0, changes: [(100, 1), (200, 0)], offsets: [3600, 7200])))
        #expect(zone.span(at: 99) == .init(offset: 3600, end: 100))
        #expect(zone.span(at: 100) == .init(offset: 7200, end: 200))
        #expect(zone.span(at: 200) == .init(offset: 3600, end: .max))
    }

    @Test("without a change, or without a rule, the last offset holds for ever")
    func noChange() throws {
        let file = Self.file(version: 0x32, changes: [], offsets: [-1800], footer: "")
        let zone = try #require(Self.zone(file))
        #expect(zone.span(at: .min) == .init(offset: -1800, end: .max))
        #expect(zone.span(at: .max) == .init(offset: -1800, end: .max))
    }

    /// The rule, an instant, the offset then, and when the clocks change next.
    @Test(
        "rules in POSIX's spelling",
        arguments: [
            ("CET-1CEST,M3.5.0,M10.5.0/3", "2026-03-29T00:59:59Z", 3600, "2026-03-29T01:00:00Z"),
            ("CET-1CEST,M3.5.0,M10.5.0/3", "2026-03-29T01:00:00Z", 7200, "2026-10-25T01:00:00Z"),
            ("CET-1CEST,M3.5.0,M10.5.0/3", "2026-10-25T01:00:00Z", 3600, "2027-03-28T01:00:00Z"),
            ("CET-1CEST,M3.5.0,M10.5.0/3", "2026-12-31T23:30:00Z", 3600, "2027-03-28T01:00:00Z"),
            ("<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", "2026-03-29T01:00:00Z", -7200, "2026-10-25T01:00:00Z"),
            ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2026-01-01T00:00:00Z", 39_600, "2026-04-04T15:00:00Z"),
            ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2026-05-01T00:00:00Z", 37_800, "2026-10-03T15:30:00Z"),
            ("IST-2IDT,M3.4.4/26,M10.5.0", "2026-03-26T23:59:59Z", 7200, "2026-03-27T00:00:00Z"),
            ("EST5EDT,J60,J300/3:30:15", "2028-03-01T06:59:59Z", -18_000, "2028-03-01T07:00:00Z"),
            ("EST5EDT,J60,J300/3:30:15", "2028-03-01T07:00:00Z", -14_400, "2028-10-27T07:30:15Z"),
            ("EST5EDT,59,299", "2028-02-29T07:00:00Z", -14_400, "2028-10-26T06:00:00Z"),
            ("XXX3EDT4,0/0,J365/23", "2026-06-01T00:00:00Z", -14_400, "2027-01-01T03:00:00Z"),
            ("UTC0", "2026-06-01T00:00:00Z", 0, nil),
        ] as [(String, String, Int64, String?)])
    func rules(rule: String, at: String, offset: Int64, end: String?) throws {
        let zone = try #require(
            Self.zone(Self.file(version: 0x32, changes: [], offsets: [0], footer: rule)))
        let instant = try #require(RFC3339.instant(at)).seconds
        let span = zone.span(at: instant)
        if rule.hasPrefix("XXX") {
            // Summer time all the year: New Year changes nothing.
            #expect(span.offset == offset && zone.span(at: span.end).offset == offset)
        } else {
            #expect(span == .init(offset: offset, end: end.flatMap { RFC3339.instant($0) }?.seconds ?? .max))
        }
    }

    @Test(
        "a rule that is none makes the file none",
        arguments: [
            "CET", "-1", "C-1", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0",
            "CET-1CEST,M3.6.0,M10.5.0",
            "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,J0,J1", "CET-1CEST,J366,J1", "CET-1CEST,366,1", "CET-25",
            "CET-1:60",
            "<+01-1", "CET-1CEST,M3.5.0/168,M10.5.0", "CET-1CEST,M3.5.0,M10.5.0 ",
            "CET-1CEST-24,M3.5.0,M10.5.0,",
            "CET-99999999999999999999",
        ])
    func badRules(rule: String) {
        #expect(Self.zone(Self.file(version: 0x32, changes: [], offsets: [0], footer: rule)) == nil)
    }

    @Test("what would lead astray is refused: leap seconds, offsets past a day, times out of order")
    func refused() {
        #expect(Self.zone(Self.file(version: 0, changes: [], offsets: [0])) != nil)
        #expect(Self.zone(Self.file(version: 0, changes: [], offsets: [0], leapSeconds: 1)) == nil)
        #expect(Self.zone(Self.file(version: 0, changes: [], offsets: [])) == nil)
        #expect(Self.zone(Self.file(version: 0, changes: [], offsets: [26 * 3600])) == nil)
        #expect(Self.zone(Self.file(version: 0, changes: [], offsets: [.min])) == nil)
        #expect(Self.zone(Self.file(version: 0, changes: [(5, 0), (5, 0)], offsets: [0])) == nil)
        #expect(Self.zone(Self.file(version: 0, changes: [(5, 1)], offsets: [0])) == nil)
    }

    @Test("a file cut short, or with any byte changed, is read or refused, and never traps")
    func fuzz() throws {
        let file = try #require(Self.bytes(of: "Europe/Berlin"))
        #expect(Self.zone(file) != nil)
        for length in stride(from: 0, to: file.count, by: 7) { _ = Self.zone(Array(file[..<length])) }
        var random = PropertySeed(0x8536)
        for _ in 0..<4000 {
            var damaged = file
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Bool.random(using: &random) ? Int.random(in: 0..<64, using: &random) : nil
                damaged[place ?? Int.random(in: 0..<file.count, using: &random)] = .random(
                    in: 0...255, using: &random)
            }
            guard let zone = Self.zone(damaged) else { continue }
            for instant in [Int64.min, 0, 1_795_521_600, 253_402_300_799] {
                #expect(abs(zone.span(at: instant).offset) < Zone.greatestOffset, "seed \(random.seed)")
            }
        }
    }

    // MARK: Files

    private static func zone(_ bytes: [UInt8]) -> Zone? { ZoneFile.zone(named: "Here", bytes) }

    /// A file with these changes, each to the offset of a place in `offsets`.
    private static func file(
        version: UInt8, changes: [(time: Int64, type: UInt8)], offsets: [Int32], footer: String? = nil,
        leapSeconds: Int = 0
    ) -> [UInt8] {
        func block(_ size: Int, _ changes: [(time: Int64, type: UInt8)], _ offsets: [Int32]) -> [UInt8] {
            var bytes = Array("TZif".utf8) + [version] + [UInt8](repeating: 0, count: 15)
            for count in [0, 0, leapSeconds, changes.count, offsets.count, 4] {
                append(Int64(count), 4, to: &bytes)
            }
            for change in changes { append(change.time, size, to: &bytes) }
            bytes += changes.map(\.type)
            for offset in offsets {
                append(Int64(offset), 4, to: &bytes)
                bytes += [0, 0]
            }
            return bytes + Array("UTC\0".utf8) + [UInt8](repeating: 0, count: leapSeconds * (size + 4))
        }
        if version == 0 { return block(4, changes, offsets) }
        return block(4, [], [0]) + block(8, changes, offsets) + Array("\n\(footer ?? "")\n".utf8)
    }

    private static func append(_ number: Int64, _ size: Int, to bytes: inout [UInt8]) {
        for place in (0..<size).reversed() { bytes.append(UInt8(truncatingIfNeeded: number >> (place * 8))) }
    }

    private static func bytes(of name: String) -> [UInt8]? {
        guard let file = unsafe fopen(ZoneNames.folder + "/" + name, "r") else { return nil }
        defer { unsafe fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe fread(&bytes, 1, bytes.count, file)
        return Array(bytes[..<count])
    }
}
