internal import Glibc
internal import JobsRuntime
internal import Reactor

/// Instants as a person here reads them: on the clocks of this machine's zone, and from now.
enum LocalTime {
    /// `2026-11-24 13:00:00`, or the text itself where it is no instant.
    static func text(_ instant: String, format: String = "%Y-%m-%d %H:%M:%S") -> String {
        guard let time = RFC3339.instant(instant) else { return TerminalText.visible(instant) }
        return text(time, format: format)
    }

    static func text(_ time: WallTime, format: String = "%Y-%m-%d %H:%M:%S") -> String {
        var seconds = time_t(time.seconds)
        var parts = unsafe tm()
        guard unsafe localtime_r(&seconds, &parts) != nil else { return RFC3339.text(time) }
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            guard let base = buffer.baseAddress, unsafe strftime(base, 64, format, &parts) > 0 else {
                return RFC3339.text(time)
            }
            return unsafe String(cString: base)
        }
    }

    /// The same with milliseconds and without the day, for what happens now.
    static func clock(_ instant: String) -> String {
        guard let time = RFC3339.instant(instant) else { return TerminalText.visible(instant) }
        let fraction = String(time.nanoseconds / 1_000_000)
        return text(time, format: "%H:%M:%S") + "." + String(repeating: "0", count: 3 - fraction.utf8.count)
            + fraction
    }

    /// How long ago an instant is: `3 min 10 s`.
    static func age(since instant: String) -> String {
        guard let time = RFC3339.instant(instant) else { return "" }
        return TickPreview.size(ofSeconds: SystemClock().wallNow.seconds - time.seconds)
    }

    /// `in 4.2 s`, `3 min 10 s ago`.
    static func distance(to instant: String) -> String {
        guard let time = RFC3339.instant(instant) else { return "" }
        let now = WallTime(millisecondsSinceEpoch: SystemClock().wallNow.millisecondsSinceEpoch)
        return TickPreview.distance(from: now, to: time)
    }
}

/// A name as it stands in a path or a query: every byte that could mean something is escaped.
enum PercentText {
    static func encoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += "%" + (byte < 16 ? "0" : "") + digits
            }
        }
        return encoded
    }
}
