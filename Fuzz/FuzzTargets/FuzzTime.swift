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
    let written = RFC3339.text(instant)
    let again = RFC3339.instant(written)
    precondition(again != nil, "\(text) becomes \(written), which cannot be read")
    // A zone can carry the first and the last day over the edge of what four digits of year can say.
    guard instant >= Schedule.startOfTime, instant <= Schedule.endOfTime else { return }
    precondition(again == instant, "\(text) comes back as \(written)")
}
