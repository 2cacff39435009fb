internal import JobsRuntime
internal import Reactor

/// A Go duration is refused with words, or is a number of nanoseconds that does not depend on surplus zeros.
func fuzzDuration(_ text: String) {
    do throws(GoDuration.Fault) {
        let duration = try GoDuration(text)
        guard let first = text.utf8.first, first != UInt8(ascii: "-"), first != UInt8(ascii: "+") else {
            return
        }
        let again = try? GoDuration("0h" + text)
        precondition(text == "0" || again?.nanoseconds == duration.nanoseconds, "0h changes \(text)")
    } catch {
        precondition(!error.message.isEmpty, "a refusal says why")
    }
}

/// An RFC 3339 instant that is written again is the same instant.
func fuzzRFC3339(_ text: String) {
    guard let instant = RFC3339.instant(text) else { return }
    var written: [UInt8] = []
    RFC3339.append(instant, to: &written)
    // A zone can carry the first and the last day over the edge of four-digit years, which cannot be read again.
    guard instant.seconds >= -62_167_219_200, instant.seconds <= 253_402_300_799 else { return }
    precondition(
        RFC3339.instant(String(decoding: written, as: UTF8.self)) == instant, "\(text) comes back otherwise")
}
