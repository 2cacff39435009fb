extension GoDuration {
    /// The nearest duration that Go can hold.
    package init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carried) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        self.init(nanoseconds: overflow || carried ? (seconds < 0 ? .min : .max) : sum)
    }

    /// The duration as Go prints one: `1h0m5.5s`, `500ms`, `0s`.
    package var text: String {
        let magnitude = nanoseconds.magnitude
        let sign = nanoseconds < 0 ? "-" : ""
        switch magnitude {
        case 0: return "0s"
        case ..<1000: return "\(sign)\(magnitude)ns"
        case ..<1_000_000: return sign + Self.decimal(magnitude, unit: 1000) + "µs"
        case ..<1_000_000_000: return sign + Self.decimal(magnitude, unit: 1_000_000) + "ms"
        default: return sign + Self.clock(magnitude)
        }
    }

    /// Hours, minutes and seconds, from the first that is not 0 on.
    private static func clock(_ nanoseconds: UInt64) -> String {
        let minute: UInt64 = 60_000_000_000
        let seconds = decimal(nanoseconds % minute, unit: 1_000_000_000) + "s"
        let minutes = nanoseconds / minute
        if minutes == 0 { return seconds }
        return minutes < 60 ? "\(minutes)m\(seconds)" : "\(minutes / 60)h\(minutes % 60)m\(seconds)"
    }

    /// A number of `unit`s, with as many digits behind the point as it needs.
    private static func decimal(_ nanoseconds: UInt64, unit: UInt64) -> String {
        var rest = nanoseconds % unit
        if rest == 0 { return "\(nanoseconds / unit)" }
        var digits: [Character] = []
        var place = unit / 10
        while rest > 0 {
            digits.append(Character("\(rest / place)"))
            rest %= place
            place /= 10
        }
        return "\(nanoseconds / unit).\(String(digits))"
    }
}
