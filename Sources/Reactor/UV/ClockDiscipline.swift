internal import CLibuv

/// What the kernel knows of the wall clock: whether something keeps it right, and how far off it may be.
package struct ClockDiscipline: Sendable {
    /// Whether a time daemon says that the clock is right.
    package let isSynchronised: Bool
    /// How far off it is at most, by the kernel's reckoning, in microseconds; without meaning when not synchronised.
    package let maximumError: Int
    /// Whether a second is put in or left out at the end of the UTC day.
    package let leapSecondIsDue: Bool

    /// Asks the kernel and changes nothing (`adjtimex(2)`); `nil` where it does not say.
    package static func read() -> ClockDiscipline? {
        var clock = timex()
        clock.modes = 0
        guard unsafe adjtimex(&clock) >= 0 else { return nil }
        return ClockDiscipline(
            isSynchronised: clock.status & STA_UNSYNC == 0, maximumError: clock.maxerror,
            leapSecondIsDue: clock.status & (STA_INS | STA_DEL) != 0)
    }
}
