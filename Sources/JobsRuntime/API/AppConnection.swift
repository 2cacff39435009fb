/// How an app is reached, as `GET /v1.0/metadata` shows it under `appConnectionProperties`.
public struct AppConnection: Sendable, Equatable {
    /// How the app's health is asked for; only where it is.
    public struct Health: Sendable, Equatable {
        /// The path that is asked.
        public var path: String
        /// From one question to the next.
        public var interval: Duration
        /// How long an answer may take.
        public var timeout: Duration
        /// After how many failures in a row the app counts as unhealthy.
        public var threshold: Int

        /// Health checks with all that is shown of them.
        public init(path: String, interval: Duration, timeout: Duration, threshold: Int) {
            self.path = path
            self.interval = interval
            self.timeout = timeout
            self.threshold = threshold
        }
    }

    /// The app's port.
    public var port: Int
    /// What is spoken, such as `http`.
    public var `protocol`: String
    /// The app's address.
    public var channelAddress: String
    /// Triggers that it gets at a time; `nil` where nobody has set a limit.
    public var maxConcurrency: Int?
    /// Its health checks, where there are any.
    public var health: Health?

    /// A connection without a limit and without health checks.
    public init(port: Int, protocol: String, channelAddress: String) {
        self.port = port
        self.protocol = `protocol`
        self.channelAddress = channelAddress
    }
}
