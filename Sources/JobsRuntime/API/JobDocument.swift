/// A job as `GET` shows it: protobuf's JSON of the contract's section 1.5, with one space after each comma.
///
/// Everything stands as it was sent; nothing is computed. What was not set is left out, but for the failure
/// policy, which is always there.
package struct JobDocument {
    /// The name that was asked for.
    package let name: [UInt8]
    /// The schedule, as it was sent.
    package let schedule: String?
    /// The number of ticks at most.
    package let repeats: UInt32?
    /// The due time, as it was sent.
    package let dueTime: String?
    /// The time to live, as it was sent.
    package let ttl: String?
    /// The data, JSON text as it was sent.
    package let data: [UInt8]?
    /// What follows a failed attempt; the default is shown too.
    package let failurePolicy: FailurePolicy

    package init(
        name: [UInt8], schedule: String?, dueTime: String?, repeats: UInt32? = nil,
        ttl: String? = nil, data: [UInt8]? = nil,
        failurePolicy: FailurePolicy = .standard
    ) {
        self.name = name
        self.schedule = schedule
        self.repeats = repeats
        self.dueTime = dueTime
        self.ttl = ttl
        self.data = data
        self.failurePolicy = failurePolicy
    }

    /// Appends the document.
    package func write(to output: inout [UInt8]) {
        output.reserveCapacity(output.count + 256 + (data?.count ?? 0))
        output.append(contentsOf: #"{"name":"#.utf8)
        JSONString.append(name.span, style: .protobuf, to: &output)
        if let schedule {
            output.append(contentsOf: #", "schedule":"#.utf8)
            JSONString.append(schedule, style: .protobuf, to: &output)
        }
        if let repeats {
            output.append(contentsOf: #", "repeats":"#.utf8)
            output.append(contentsOf: String(repeats).utf8)
        }
        if let dueTime {
            output.append(contentsOf: #", "dueTime":"#.utf8)
            JSONString.append(dueTime, style: .protobuf, to: &output)
        }
        if let ttl {
            output.append(contentsOf: #", "ttl":"#.utf8)
            JSONString.append(ttl, style: .protobuf, to: &output)
        }
        if let data {
            output.append(contentsOf: Self.dataHead)
            output.append(contentsOf: data)
            output.append(UInt8(ascii: "}"))
        }
        Self.write(failurePolicy, to: &output)
        output.append(UInt8(ascii: "}"))
    }

    /// Appends a policy as a field behind others.
    static func write(_ policy: FailurePolicy, to output: inout [UInt8]) {
        guard policy != .standard else { return output.append(contentsOf: Self.standardPolicy) }
        switch policy {
        case .drop: output.append(contentsOf: #", "failurePolicy":{"drop":{}}"#.utf8)
        case .constant(let interval, let maximumRetries):
            output.append(contentsOf: #", "failurePolicy":{"constant":{"#.utf8)
            if let interval {
                output.append(contentsOf: #""interval":""#.utf8)
                ProtobufDuration.append(interval, to: &output)
                output.append(UInt8(ascii: "\""))
            }
            if let maximumRetries {
                if interval != nil { output.append(contentsOf: ", ".utf8) }
                output.append(contentsOf: #""maxRetries":"#.utf8)
                output.append(contentsOf: String(maximumRetries).utf8)
            }
            output.append(contentsOf: "}}".utf8)
        }
    }

    private static let dataHead = Array(
        #", "data":{"@type":"type.googleapis.com/google.protobuf.Value", "value":"#.utf8)
    private static let standardPolicy = Array(
        #", "failurePolicy":{"constant":{"interval":"1s", "maxRetries":3}}"#.utf8)
}
