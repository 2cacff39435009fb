public import Reactor

/// One delivery attempt of a tick, as a handler sees it.
public struct JobTrigger: Sendable {
    /// The job's name, as it was scheduled.
    public var name: String { String(decoding: nameBytes, as: UTF8.self) }
    /// The job's `data` as it was sent, JSON text in UTF-8; `nil` when it was scheduled without.
    public let data: [UInt8]?
    /// The same for every attempt of a tick, different for each tick, never used again: what to drop duplicates by.
    public var runID: String { run.description }
    /// When the tick was planned; a retry keeps it.
    public let plannedTime: WallTime
    /// How long after its planned time the attempt was given to its handler; a retry counts from there too.
    public let lateness: Duration
    /// Which attempt this is, from 1.
    public let attempt: Int
    /// Whether the failure policy has no further attempt after this one.
    public let isLastAttempt: Bool

    /// The name's bytes, UTF-8.
    package let nameBytes: [UInt8]
    /// The run id as numbers.
    package let run: RunID

    package init(
        name: [UInt8], data: [UInt8]?, runID: RunID, plannedTime: WallTime, lateness: Duration = .zero,
        attempt: Int, isLastAttempt: Bool
    ) {
        nameBytes = name
        self.data = data
        run = runID
        self.plannedTime = plannedTime
        self.lateness = lateness
        self.attempt = attempt
        self.isLastAttempt = isLastAttempt
    }
}

/// Code that runs when a job falls due.
///
/// A handler is found by the name prefix it is registered for. It is called on the event loop's executor, must not
/// block, and may be called for several jobs at once. One that throws has failed the attempt, with the error as reason.
public protocol JobHandler: Sendable {
    /// Handles one delivery attempt and says what became of it.
    func handle(_ trigger: JobTrigger) async throws -> TriggerOutcome
}
