/// What follows a failed attempt: how often it is tried again, and when.
///
/// Contract 5.1. A retry is anchored to the planned time, so that a backlog is retried without waiting.
package enum FailurePolicy: Sendable, Equatable {
    /// The tick is spent at once.
    case drop
    /// Retry k comes at the planned time + k × interval; without an interval at once, and without `maximumRetries` for
    /// ever.
    case constant(interval: Duration?, maximumRetries: UInt32?)

    /// What a job gets that names none: 1 s, 3 retries.
    package static let standard = FailurePolicy.constant(interval: .seconds(1), maximumRetries: 3)

    /// How often a tick is tried again without a pause when the time for its retry has passed already.
    ///
    /// A policy without an interval and without an end would else have an app that always fails called as fast as the
    /// machine can, for ever; and so would any endless one that is days behind.
    package static let promptRetries: UInt32 = 100
    /// From then on, how long such a retry waits.
    package static let pauseOfLateRetries = Duration.seconds(1)

    /// Whether another attempt follows when attempt number `attempt`, from 1, fails.
    package func allowsRetry(after attempt: UInt32) -> Bool {
        switch self {
        case .drop: false
        case .constant(_, let maximum): maximum.map { attempt <= $0 } ?? true
        }
    }
}
