/// Whoever started the host as a service, and wants to hear how it goes.
protocol ServiceManager: Sendable {
    /// How long the host may give no sign of life before it counts as stuck; `nil`: for ever.
    var patience: Duration? { get }

    /// Passes news on.
    ///
    /// May wait a little, so never on a loop.
    func tell(_ news: ServiceNews)

    /// Gives a sign of life.
    ///
    /// Never waits: for the loop.
    func feed()
}

/// What a service manager hears.
enum ServiceNews {
    /// The host works towards being ready; what it is at.
    case starting(String)
    /// The host's doors are open; where.
    case ready(String)
    /// The host was asked to stop, and ends what is under way.
    case stopping
    /// The host gives up, and why.
    case failed(String)
}
