package import Reactor

/// What a `schedule` may be (contract, section 4.1).
///
/// Pure: it is asked for the next tick after an instant, and knows no clock.
/// Every kind of schedule is a case here and a type of its own beside this file.
package enum Schedule: Sendable, Equatable {
    /// `@every <duration>`.
    case every(Every)
    /// Six fields or a descriptor, and maybe a zone; boxed, so that a job without one pays nothing for it.
    indirect case cron(CronSchedule)

    /// The first instant that a job may name; an earlier one counts as this one.
    package static let startOfTime = WallTime(seconds: -62_135_596_800)
    /// The last instant that can be written with four digits of year; no tick is planned after it.
    package static let endOfTime = WallTime(seconds: 253_402_300_799, nanoseconds: 999_999_999)

    /// Reads a spec: a zone's prefix, then a descriptor or six fields.
    package init(_ spec: String, zones: ZoneFolder = .system) throws(GrammarFault) {
        let bytes = Array(spec.utf8)
        if bytes.isEmpty { throw .invalid("empty spec string") }
        var start = 0
        var zone: Zone?
        if let name = Self.zonePrefix(of: bytes) {
            guard let end = GoSpace.first(in: bytes, from: name) else {
                throw .invalid("timezone prefix \(spec) is not followed by a schedule")
            }
            zone = try zones.zone(named: String(decoding: bytes[name..<end], as: UTF8.self))
            start = GoSpace.fields(of: bytes, from: end).first?.lowerBound ?? bytes.count
        }
        if start < bytes.count, bytes[start] == UInt8(ascii: "@") {
            self = try Self.descriptor(start == 0 ? bytes : Self.trimmed(bytes, from: start), zone)
        } else {
            self = try Self.cron(bytes, from: start, zone)
        }
    }

    /// The first tick after an instant, or `nil` when none is left before the year 10000.
    package func next(after instant: WallTime) -> WallTime? {
        switch self {
        case .every(let every):
            let tick = every.next(after: instant)
            return tick > Self.endOfTime ? nil : tick
        case .cron(let cron): return cron.next(after: instant)
        }
    }

    /// The same, where no tick may be planned after `expiry`; one at that very instant may.
    package func next(after instant: WallTime, upTo expiry: WallTime?) -> WallTime? {
        guard let tick = next(after: instant) else { return nil }
        if let expiry, tick > expiry { return nil }
        return tick
    }

    /// The distance between two ticks, where it is always the same.
    package var interval: Duration? {
        switch self {
        case .every(let every): every.interval
        case .cron: nil
        }
    }

    /// The zone whose clocks it is read on; UTC where none was named.
    var zone: Zone {
        switch self {
        case .every: .utc
        case .cron(let cron): cron.zone ?? .utc
        }
    }

    // MARK: Parts of a spec

    /// Where the zone's name begins, if the spec has one.
    ///
    /// Compared as bytes: to Swift, a blank and a combining mark behind it are one character.
    static func zonePrefix(of bytes: [UInt8]) -> Int? {
        bytes.starts(with: "TZ=".utf8) ? 3 : bytes.starts(with: "CRON_TZ=".utf8) ? 8 : nil
    }

    /// Without the white space at either end.
    private static func trimmed(_ bytes: [UInt8], from start: Int) -> [UInt8] {
        let end = GoSpace.fields(of: bytes, from: start).last?.upperBound ?? start
        return Array(bytes[start..<end])
    }

    private static func descriptor(_ bytes: [UInt8], _ zone: Zone?) throws(GrammarFault) -> Schedule {
        let spec = String(decoding: bytes, as: UTF8.self)
        if bytes.starts(with: Every.prefix.utf8) {
            // A distance has no clocks on a wall that a zone could be about.
            guard zone == nil else {
                throw .invalid("timezone is not supported for @every schedules: \(spec)")
            }
            return .every(try Every(spec))
        }
        guard let fields = CronDescriptor.fields(bytes[...]) else {
            throw .invalid("unrecognized descriptor: \(spec)")
        }
        return try cron(fields, from: 0, zone)
    }

    private static func cron(_ bytes: [UInt8], from start: Int, _ zone: Zone?) throws(GrammarFault)
        -> Schedule
    {
        let expression = try CronParser(bytes).expression(from: start)
        // Dapr takes it, looks five years ahead in vain, and fires in a tight loop.
        guard expression.matchesSomething else {
            let fields = String(decoding: bytes[start...], as: UTF8.self)
            throw .invalid("schedule never matches any time: \(fields)")
        }
        return .cron(CronSchedule(expression: expression, zone: zone === Zone.utc ? nil : zone))
    }
}
