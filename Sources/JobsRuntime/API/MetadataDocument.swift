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
        var output = Array("{".utf8)
        field("id", id, &output)
        field("runtimeVersion", runtimeVersion, &output)
        name("extended", &output)
        appendMap(&output)
        if let app { append(app, &output) }
        // No actor lives here, which Dapr says in these words.
        name("actorRuntime", &output)
        output += #"{"runtimeStatus":"DISABLED","hostReady":false}"#.utf8
        appendScheduler(&output)
        output.append(UInt8(ascii: "}"))
        return output
    }

    private func appendMap(_ output: inout [UInt8]) {
        output.append(UInt8(ascii: "{"))
        for (index, entry) in extended.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            JSONString.append(entry.key.span, style: .go, to: &output)
            output.append(UInt8(ascii: ":"))
            JSONString.append(entry.value.span, style: .go, to: &output)
        }
        output.append(UInt8(ascii: "}"))
    }

    private func append(_ app: AppConnection, _ output: inout [UInt8]) {
        name("appConnectionProperties", &output)
        output.append(UInt8(ascii: "{"))
        field("port", app.port, &output)
        field("protocol", app.protocol, &output)
        field("channelAddress", app.channelAddress, &output)
        if let maximum = app.maxConcurrency { field("maxConcurrency", maximum, &output) }
        if let health = app.health {
            name("health", &output)
            output.append(UInt8(ascii: "{"))
            field("healthCheckPath", health.path, &output)
            field("healthProbeInterval", GoDuration(health.interval).text, &output)
            field("healthProbeTimeout", GoDuration(health.timeout).text, &output)
            field("healthThreshold", health.threshold, &output)
            output.append(UInt8(ascii: "}"))
        }
        output.append(UInt8(ascii: "}"))
    }

    private func appendScheduler(_ output: inout [UInt8]) {
        if schedulerAddresses.isEmpty { return }
        name("scheduler", &output)
        output += #"{"connected_addresses":["#.utf8
        for (index, address) in schedulerAddresses.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            JSONString.append(address, style: .go, to: &output)
        }
        output += "]}".utf8
    }

    private func field(_ key: String, _ value: String, _ output: inout [UInt8]) {
        if value.isEmpty { return }
        name(key, &output)
        JSONString.append(value, style: .go, to: &output)
    }

    private func field(_ key: String, _ value: Int, _ output: inout [UInt8]) {
        name(key, &output)
        output += "\(value)".utf8
    }

    private func name(_ key: String, _ output: inout [UInt8]) {
        if output.last != UInt8(ascii: "{") { output.append(UInt8(ascii: ",")) }
        output += "\"\(key)\":".utf8
    }
}
