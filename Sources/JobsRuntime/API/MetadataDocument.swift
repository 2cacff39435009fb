/// What `GET /v1.0/metadata` answers: Dapr's fields in Dapr's order, those left out that would be empty (contract, 8.1).
///
/// Compact, as Go's `encoding/json` has it.
struct MetadataDocument {
    let id: String
    let runtimeVersion: String
    let extended: [(key: [UInt8], value: [UInt8])]
    let app: AppConnection?
    /// Who keeps the jobs and fires them.
    let schedulerAddresses: [String]

    /// The document.
    var bytes: [UInt8] {
        var document = JSONObject()
        if !id.isEmpty { document.add("id", id) }
        document.add("runtimeVersion", runtimeVersion)
        var values = JSONObject()
        for (key, value) in extended { values.add(key, value) }
        document.add("extended", values)
        if let app { document.add("appConnectionProperties", Self.properties(app)) }
        // No actor lives here, which Dapr says in these words.
        var actors = JSONObject()
        actors.add("runtimeStatus", "DISABLED")
        actors.add("hostReady", false)
        document.add("actorRuntime", actors)
        if !schedulerAddresses.isEmpty {
            var scheduler = JSONObject()
            scheduler.add("connected_addresses", list: schedulerAddresses)
            document.add("scheduler", scheduler)
        }
        return document.bytes
    }

    private static func properties(_ app: AppConnection) -> JSONObject {
        var properties = JSONObject()
        properties.add("port", app.port)
        properties.add("protocol", app.protocol)
        properties.add("channelAddress", app.channelAddress)
        if let maximum = app.maxConcurrency { properties.add("maxConcurrency", maximum) }
        if let health = app.health {
            var check = JSONObject()
            check.add("healthCheckPath", health.path)
            check.add("healthProbeInterval", GoDuration(health.interval).text)
            check.add("healthProbeTimeout", GoDuration(health.timeout).text)
            check.add("healthThreshold", health.threshold)
            properties.add("health", check)
        }
        return properties
    }
}
