package import Reactor

/// What a `schedule` may be.
///
/// Pure: it is asked for the next tick after an instant, and knows no clock.
/// Every kind of schedule is a case here and a type of its own beside this file.
package enum Schedule: Sendable, Equatable {
    /// `@every <duration>`.
    case every(Every)

    /// The last instant that can be written with four digits of year; no tick is planned after it.
    static let endOfTime = WallTime(seconds: 253_402_300_799, nanoseconds: 999_999_999)

    /// Reads a spec; what the contract knows and this version does not is refused as such.
    package init(_ spec: String) throws(GrammarFault) {
        if spec.isEmpty { throw .invalid("empty spec string") }
        // Prefixes are compared as bytes: to Swift, a blank and a combining mark behind it are one character.
        if spec.utf8.starts(with: "TZ=".utf8) || spec.utf8.starts(with: "CRON_TZ=".utf8) {
            throw .unimplemented("schedule \"\(spec)\" names a time zone, which is not supported yet")
        }
        if spec.utf8.starts(with: Every.prefix.utf8) {
            self = .every(try Every(spec))
            return
        }
        if spec.utf8.first == UInt8(ascii: "@") {
            guard Self.descriptors.contains(spec) else { throw .invalid("unrecognized descriptor: \(spec)") }
            throw .unimplemented("schedule \"\(spec)\" is a descriptor, which is not supported yet")
        }
        let fields = spec.unicodeScalars.split { $0.properties.isWhitespace }
        guard fields.count == 6 else {
            let shown = fields.map(String.init).joined(separator: " ")
            throw .invalid("expected exactly 6 fields, found \(fields.count): [\(shown)]")
        }
        throw .unimplemented("schedule \"\(spec)\" is a cron expression, which is not supported yet")
    }

    /// The first tick after an instant, or `nil` when none is left before the year 10000.
    package func next(after instant: WallTime) -> WallTime? {
        let tick: WallTime =
            switch self {
            case .every(let every): every.next(after: instant)
            }
        return tick > Self.endOfTime ? nil : tick
    }

    /// The distance between two ticks, where it is always the same.
    package var interval: Duration? {
        switch self {
        case .every(let every): every.interval
        }
    }

    private static let descriptors: Set<String> = [
        "@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly",
    ]
}
