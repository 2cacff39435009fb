public import CoreMetrics
public import Logging
public import Reactor

extension JobsRuntime {
    /// What a runtime is made of: one process, one loop and one store, and the apps that it serves.
    public struct Options: Sendable {
        /// Where jobs are kept: a folder of this runtime's own, made if it is missing.
        ///
        /// `nil` keeps them in memory.
        public var dataDirectory: String?
        /// The namespace of the app ids.
        public var namespace = "default"
        /// The app whose jobs these are.
        public var app: App
        /// More apps, each on ports of its own; their jobs are kept in the same store, and none sees another's.
        public var furtherApps: [App] = []
        /// Who may call the API, and which parts of it there are.
        public var access = APIAccess()
        /// The bounds of jobs and the store.
        public var jobs = JobLimits()
        /// Where the runtime's metrics go; `nil` for the process's own backend, `MetricsSystem.factory`, as it is at the
        /// start.
        public var metrics: (any MetricsFactory)?

        /// The folder of the administration's socket; `nil` for the data directory.
        package var administrationDirectory: String?

        /// Options with the defaults for all but these.
        public init(dataDirectory: String?, appID: String) {
            self.init(dataDirectory: dataDirectory, app: App(id: appID))
        }

        /// Options with the defaults for all but these.
        public init(dataDirectory: String?, app: App) {
            self.dataDirectory = dataDirectory
            self.app = app
        }

        /// All apps, in the order in which they are started.
        var apps: [App] { [app] + furtherApps }
    }

    /// An app that a runtime serves, and where.
    public struct App: Sendable {
        /// The app id, within which a job's name is unique: 1 to 255 bytes without control characters.
        public var id: String
        /// Where the jobs API listens, such as `127.0.0.1:3500`, or several with commas between them; port 0 takes a
        /// free one, the same for all.
        ///
        /// `nil` serves none.
        public var listen: String? = "127.0.0.1:3500"
        /// Where health and metadata are served to whoever asks, without a token, beside the API.
        ///
        /// `nil` serves them with the API alone.
        public var publicListen: String?
        /// The bounds of sockets and HTTP.
        public var network = Limits()
        /// Where what concerns this app is logged; `nil` for the runtime's own log.
        public var logger: Logger?
        /// A port beside the API's for whoever watches the host.
        package var monitor: MonitorPort?

        /// An app with the defaults for all but its id.
        public init(id: String) { self.id = id }
    }
}

extension JobsRuntime.Options {
    /// The app's id.
    public var appID: String {
        get { app.id }
        set { app.id = newValue }
    }
    /// See `App.listen`.
    public var listen: String? {
        get { app.listen }
        set { app.listen = newValue }
    }
    /// See `App.publicListen`.
    public var publicListen: String? {
        get { app.publicListen }
        set { app.publicListen = newValue }
    }
    /// See `App.network`.
    public var network: Limits {
        get { app.network }
        set { app.network = newValue }
    }
    /// See `App.monitor`.
    package var monitor: MonitorPort? {
        get { app.monitor }
        set { app.monitor = newValue }
    }
}
