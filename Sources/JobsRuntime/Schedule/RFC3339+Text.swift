package import Reactor

extension RFC3339 {
    /// An instant in UTC as RFC 3339 writes it, with as many digits of a second as it needs.
    package static func text(_ time: WallTime) -> String {
        let date = CivilDate(time)
        var text = pad(date.year, 4) + "-" + pad(date.month, 2) + "-" + pad(date.day, 2)
        let second = Int(time.seconds - date.startOfDay)
        text += "T" + pad(second / 3600, 2) + ":" + pad(second / 60 % 60, 2) + ":" + pad(second % 60, 2)
        if time.nanoseconds > 0 {
            var digits = pad(Int(time.nanoseconds), 9)
            while digits.hasSuffix("0") { digits.removeLast() }
            text += "." + digits
        }
        return text + "Z"
    }

    private static func pad(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

/// The date of an instant in UTC, in the calendar that is in use since 1582 and counted back before it.
private struct CivilDate {
    let year: Int
    let month: Int
    let day: Int
    /// When the day began, in seconds since 1970.
    let startOfDay: Int64

    /// Counts in eras of 400 years, which all have the same 146,097 days, from a March on, so that the leap day is last.
    init(_ time: WallTime) {
        let (quotient, remainder) = time.seconds.quotientAndRemainder(dividingBy: 86_400)
        let days = Int(remainder < 0 ? quotient - 1 : quotient)
        startOfDay = Int64(days) * 86_400
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }
}
