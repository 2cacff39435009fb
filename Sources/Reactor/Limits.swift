/// Every bound of the network side, in one place: what grows, how far, and for how long it may wait.
///
/// A value here is a promise about memory. With the defaults a connection that sends its head and nothing else holds
/// 4 KiB, one that uploads holds its body, and one that does not read its answers holds `writeQueueBytes` and the
/// answer that went over them.
public struct Limits: Sendable {
    // MARK: The server

    /// Connections a server keeps open; one more is closed as soon as it is accepted, and counted.
    ///
    /// Default 10,000.
    public var connections = 10_000
    /// Connections to the port that serves health and metadata alone, where there is one; no more than `connections`.
    ///
    /// Default 256.
    public var publicConnections = 256
    /// Bytes of a request's line and header fields together; 431 past it.
    ///
    /// Default 4 KiB, as the contract has it.
    public var headerBlockBytes = 4096
    /// Header fields of one request; 431 past it.
    ///
    /// Default 64.
    public var headerFields = 64
    /// Bytes of a request's target; 414 past it.
    ///
    /// Default 3 KiB: a name of 512 bytes, each of them escaped, fits twice.
    public var requestTargetBytes = 3072
    /// Bytes of a request's body, after chunks were joined.
    ///
    /// Default 4 MiB, as the contract has it.
    public var bodyBytes = 4 << 20
    /// Bytes kept of requests that wait for the one before them; the socket is not read past it.
    ///
    /// Default 64 KiB.
    public var pipelinedBytes = 64 << 10
    /// Bytes a peer may leave unread before its requests are left unread too.
    ///
    /// Default 256 KiB.
    public var writeQueueBytes = 256 << 10

    /// From the first byte of a request's head to its last; 408 past it.
    ///
    /// Default 10 s.
    public var headerTimeout = Duration.seconds(10)
    /// From one piece of a request's body to the next; 408 past it.
    ///
    /// Default 30 s.
    public var bodyTimeout = Duration.seconds(30)
    /// A connection with nothing to do, or a peer that reads nothing of its answers, is closed after it.
    ///
    /// Default 75 s.
    public var idleTimeout = Duration.seconds(75)
    /// How long a refused peer may go on sending before it is cut off, so that it can read why.
    ///
    /// Default 2 s.
    public var lingerTimeout = Duration.seconds(2)
    /// What is left of a server that stops is cut off after it.
    ///
    /// Default 5 s.
    public var drainTimeout = Duration.seconds(5)

    // MARK: The client

    /// Connections to one target.
    ///
    /// Default 1024, as the contract has it.
    public var clientConnections = 1024
    /// Connections to one target that are kept while nothing is asked.
    ///
    /// Default 64, as the contract has it.
    public var clientIdleConnections = 64
    /// Bytes of an answer's status line and header fields.
    ///
    /// Default 4 KiB, as the contract has it.
    public var responseHeaderBytes = 4096
    /// A connection to a target that was not used for this long is closed.
    ///
    /// Default 90 s.
    public var clientIdleTimeout = Duration.seconds(90)
    /// How long a probe waits for a port to take its connection.
    ///
    /// Default 500 ms, as the contract has it.
    public var probeTimeout = Duration.milliseconds(500)

    /// The defaults.
    public init() {}
}

extension Duration {
    /// Whole milliseconds, rounded up, never negative: a timeout is never shorter than it says.
    package var millisecondsRoundedUp: UInt64 {
        let (seconds, attoseconds) = components
        if seconds < 0 || attoseconds < 0 { return 0 }
        let (product, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1000)
        let rest =
            UInt64(attoseconds / 1_000_000_000_000_000) + (attoseconds % 1_000_000_000_000_000 == 0 ? 0 : 1)
        let (sum, carry) = product.addingReportingOverflow(rest)
        return overflow || carry ? .max : sum
    }
}
