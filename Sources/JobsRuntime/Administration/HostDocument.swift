internal import Reactor

/// What a host says of itself to its administration: the process, and each app that it serves.
package struct HostDocument: Sendable {
    /// One app.
    package struct App: Sendable {
        package let id: String
        /// Where its API listens.
        package let address: String?
        /// Where its metrics are.
        package let metricsAddress: String?
        /// The port of the app itself, where there is one.
        package let appPort: Int?
        /// What was put under `extended` of its metadata.
        package let extended: [(key: [UInt8], value: [UInt8])]
    }

    let processID: Int32
    let version: String
    let started: WallTime
    let namespace: String
    /// `nil` for jobs that are kept in memory.
    let dataDirectory: String?
    let apps: [App]

    /// The document, as JSON; the names of its fields are a promise.
    var bytes: [UInt8] {
        var text = JSONObject()
        text.add("pid", Int(processID))
        text.add("version", version)
        text.add("started", RFC3339.text(started))
        text.add("namespace", namespace)
        if let dataDirectory { text.add("dataDirectory", dataDirectory) }
        text.add("apps", list: apps.map(Self.object))
        return text.bytes
    }

    private static func object(_ app: App) -> JSONObject {
        var text = JSONObject()
        text.add("id", app.id)
        if let address = app.address { text.add("address", address) }
        if let address = app.metricsAddress { text.add("metricsAddress", address) }
        if let port = app.appPort { text.add("appPort", port) }
        var extended = JSONObject()
        for (key, value) in app.extended { extended.add(key, value) }
        text.add("extended", extended)
        return text
    }
}
