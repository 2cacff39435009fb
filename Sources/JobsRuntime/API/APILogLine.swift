/// What the log says of a request that failed, in the words of Dapr's own log (contract, section 8.3).
package enum APILogLine {
    /// Scheduling failed.
    package static func scheduling(_ name: [UInt8], _ status: RPCStatus) -> String {
        "Error scheduling job \(String(decoding: name, as: UTF8.self)) due to: \(status.text)"
    }

    /// Reading failed, or there is no such job.
    package static func getting(_ name: [UInt8], _ status: RPCStatus) -> String {
        "Error getting job \(String(decoding: name, as: UTF8.self)) due to: \(status.text)"
    }

    /// Deleting failed.
    package static func deleting(_ name: [UInt8], _ status: RPCStatus) -> String {
        "Error deleting job: \(String(decoding: name, as: UTF8.self)) due to: \(status.text)"
    }

    /// A request without a name.
    package static let nameEmpty = "Job name is empty."
}
