internal import Glibc
package import Reactor

/// The files that an app's lines and its host's go to: `.dapr/logs` in the app's folder (contract, section 9.3).
package struct AppLogFiles: Sendable {
    /// A file, and the lines on their way to it.
    package struct File: Sendable {
        package let path: String
        package let queue: LineQueue
    }

    /// The folder of both.
    package let folder: String
    /// `<app id>_app_<time>.log`.
    package let app: File?
    /// `<app id>_daprd_<time>.log`.
    package let host: File?

    /// Makes what is asked for, in the folder of an app.
    ///
    /// `time` is `LogTime.text` of the run's start. Not on the loop. What cannot be written later is told to `console`, once for
    /// each file, and the run goes on.
    package init(
        of appID: String, in appFolder: String, at time: String,
        for destinations: (app: LogDestination, host: LogDestination), console: AppConsole
    ) throws(AppStartError) {
        folder = appFolder + "/.dapr/logs"
        // No two ids may share a file.
        let name =
            folder + "/" + appID.replacing("%", with: "%25").replacing("/", with: "%2F")
        func open(_ kind: String) throws(AppStartError) -> File {
            try Self.makeFolders(appFolder, appID: appID)
            return try Self.open("\(name)_\(kind)_\(time).log", of: appID, console: console)
        }
        app = destinations.app.hasFile ? try open("app") : nil
        host = destinations.host.hasFile ? try open("daprd") : nil
    }

    /// Waits until all lines are written.
    ///
    /// Not on the loop; for the end of a run.
    package func flush() {
        app?.queue.flush()
        host?.queue.flush()
    }

    private static func makeFolders(_ appFolder: String, appID: String) throws(AppStartError) {
        for folder in [appFolder + "/.dapr", appFolder + "/.dapr/logs"] {
            guard unsafe mkdir(folder, 0o755) != 0, errno != EEXIST else { continue }
            throw AppStartError(appID: appID, reason: "\(folder) cannot be made: \(FilePath.reason(errno))")
        }
    }

    private static func open(_ path: String, of appID: String, console: AppConsole) throws(AppStartError)
        -> File
    {
        let descriptor = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw AppStartError(
                appID: appID, reason: "its log \(path) cannot be written: \(FilePath.reason(errno))")
        }
        let isTold = Guarded(false)
        let queue = LineQueue(descriptor: descriptor) { number in
            let isFirst = isTold.withLock { told in
                defer { told = true }
                return !told
            }
            guard isFirst else { return }
            console.warning(
                "Lines of the app \"\(appID)\" are lost: \(path) cannot be written: \(FilePath.reason(number))"
            )
        }
        return File(path: path, queue: queue)
    }
}

/// The time in the name of a log file.
package enum LogTime {
    /// Now, in the local zone: `yyyymmddhhmmss`.
    package static var text: String {
        var now = time(nil)
        var fields = unsafe tm()
        unsafe localtime_r(&now, &fields)
        let parts = unsafe [fields.tm_mon + 1, fields.tm_mday, fields.tm_hour, fields.tm_min, fields.tm_sec]
        let year = unsafe fields.tm_year + 1900
        return "\(year)" + parts.map { ($0 < 10 ? "0" : "") + "\($0)" }.joined()
    }
}
