/// Every bound of the jobs runtime, with its default.
///
/// Sockets and HTTP have theirs in `Limits` of the Reactor.
public struct JobLimits: Sendable {
    /// Clients' commands that may wait for the store; past it a client gets 503.
    public var maximumQueuedCommands = 10_000
    /// What waits for the store in all, in bytes; past it a client gets 503.
    public var maximumQueuedBytes = 64 << 20
    /// Results that the store has not committed yet; past it nothing is dispatched until it has.
    public var maximumUnsettledResults = 10_000
    /// Reads from the disk that may be under way or wait; past it a client gets 503.
    public var maximumQueuedReads = 1024
    /// Jobs that a lane holds in memory, on the wheel or ready.
    public var windowJobs = 32_768
    /// What those jobs may take in memory, in bytes.
    public var windowBytes = 32 << 20
    /// How far ahead of their due time jobs are read, in seconds.
    public var windowSeconds: Int64 = 60
    /// Jobs that one read of the due order brings at most.
    public var refillJobs = 8192
    /// Commits that may pass during one read of the due order; past it the read is thrown away and begun again.
    public var maximumRefillLog = 65_536
    /// After how many removed due keys the low-water mark of the due order is moved, which walks the window.
    public var keysRemovedPerMark = 10_000
    /// Due jobs that may wait for one route's free slot; others stay in the store until there is room.
    public var readyJobsPerRoute = 16_384
    /// Runs of one in-process handler at a time.
    public var runsPerHandler = 1024
    /// Jobs on one page of a list at most.
    public var listJobs = 1000
    /// After how many bytes of jobs a page of a list ends, whatever was asked for.
    public var listBytes = 4 << 20
    /// Pages of lists that may be read at a time; past it a client gets 503.
    public var listsUnderWay = 4
    /// Jobs that a delete by prefix hands to the store at a time.
    public var prefixDeleteJobs = 1000
    /// Listeners to the stream of events at a time; past it a client gets 429.
    public var eventListeners = 32
    /// Events that wait for one listener; past it they are dropped, and the listener is told how many.
    public var eventsPerListener = 1000
    /// How often a listener that hears nothing is told that it is still listening, in milliseconds.
    public var eventKeepAliveMilliseconds: UInt64 = 15_000
    /// How long a handler's own "undeliverable" holds its job, in milliseconds.
    public var undeliverableRetryMilliseconds: UInt64 = 1000
    /// How long a stop waits for runs to end, in milliseconds; those that have not are repeated at the next start.
    public var drainMilliseconds: UInt64 = 5000
    /// How long a stop waits, after that, for the store to sync what was accepted, in milliseconds.
    public var flushMilliseconds: UInt64 = 5000
    /// Longest pause between two attempts to reopen a store that failed, in milliseconds.
    public var maximumReopenDelayMilliseconds: UInt64 = 5000

    /// How long a tick that could have been sent may be overdue before the host says that it is not ready, in
    /// milliseconds.
    public var readinessOverdueMilliseconds = 10_000
    /// How long a commit or a read may be under way before the host says that it is not ready, in milliseconds.
    public var readinessStoreMilliseconds = 10_000
    /// How late the loop may come to its timers before the host says that it is not ready, in milliseconds.
    public var readinessLagMilliseconds = 1000

    /// The defaults.
    public init() {}
}
