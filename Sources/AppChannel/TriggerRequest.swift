package import JobsRuntime
package import Reactor

/// What a trigger looks like on the wire (contract, section 6), with the run context in headers of our own.
package enum TriggerRequest {
    private static let contentType = Array(
        "Content-Type: application/json\r\nUser-Agent: mainspring\r\n".utf8)

    /// The request for one trigger: the job's data as it was sent, or an empty body for none.
    package static func make(_ trigger: JobTrigger) -> HTTPClientRequest {
        var fields = contentType
        fields.reserveCapacity(256)
        append("mainspring-run-id", trigger.runID, to: &fields)
        append("mainspring-planned-time", RFC3339.text(trigger.plannedTime), to: &fields)
        append("mainspring-attempt", String(trigger.attempt), to: &fields)
        append("mainspring-last-attempt", trigger.isLastAttempt ? "true" : "false", to: &fields)
        return HTTPClientRequest(
            method: "POST", target: target(trigger.name), fields: fields, body: trigger.data ?? [])
    }

    /// `/job/<name>`, the name escaped as Go's HTTP client escapes a segment of a path.
    package static func target(_ name: String) -> [UInt8] {
        var target = Array("/job/".utf8)
        for byte in name.utf8 {
            if isPlain(byte) {
                target.append(byte)
            } else {
                target.append(UInt8(ascii: "%"))
                target.append(hexadecimal(byte >> 4))
                target.append(hexadecimal(byte & 15))
            }
        }
        return target
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-_.~$&+,:;=@!'()*".utf8.contains(byte)
        }
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt8 {
        digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "A") + digit - 10
    }

    private static func append(_ name: StaticString, _ value: String, to fields: inout [UInt8]) {
        unsafe fields.append(
            contentsOf: UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        fields.append(contentsOf: ": ".utf8)
        fields.append(contentsOf: value.utf8)
        fields.append(contentsOf: "\r\n".utf8)
    }
}
