package import JobsRuntime
package import Reactor

/// What a trigger looks like on the wire (contract, section 6), with the run context in headers of our own.
package enum TriggerRequest {
    /// The header fields that every call to an app has; the token only if there is one (contract, section 7).
    ///
    /// They are those of Dapr's client but for the name that it gives itself. Bodies of answers are dropped, whatever
    /// they are encoded in.
    package static func commonFields(token: String?) -> [UInt8] {
        var fields = Array("User-Agent: mainspring\r\nAccept-Encoding: gzip\r\n".utf8)
        if let token { fields += "Dapr-Api-Token: \(token)\r\n".utf8 }
        return fields
    }

    private static let start = Array("Content-Type: application/json\r\nmainspring-run-id: ".utf8)
    private static let plannedTime = Array("\r\nmainspring-planned-time: ".utf8)
    private static let attempt = Array("\r\nmainspring-attempt: ".utf8)
    private static let lastAttempt = Array("\r\nmainspring-last-attempt: true\r\n".utf8)
    private static let notLastAttempt = Array("\r\nmainspring-last-attempt: false\r\n".utf8)

    /// The request for one trigger: the job's data as it was sent, or an empty body for none.
    package static func make(_ trigger: JobTrigger, commonFields: [UInt8]) -> HTTPClientRequest {
        var fields: [UInt8] = []
        fields.reserveCapacity(commonFields.count + 288)
        fields += commonFields
        fields += start
        trigger.run.append(to: &fields)
        fields += plannedTime
        RFC3339.append(trigger.plannedTime, to: &fields)
        fields += attempt
        fields.append(contentsOf: String(trigger.attempt).utf8)
        fields += trigger.isLastAttempt ? lastAttempt : notLastAttempt
        return HTTPClientRequest(
            method: "POST", target: target(trigger.nameBytes), fields: fields, body: trigger.data ?? [])
    }

    /// `/job/<name>`, the name escaped as Go's HTTP client escapes a segment of a path.
    package static func target(_ name: [UInt8]) -> [UInt8] {
        var target: [UInt8] = []
        target.reserveCapacity(name.count + 8)
        target.append(contentsOf: "/job/".utf8)
        for byte in name {
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

    private static func isPlain(_ byte: UInt8) -> Bool { plain[Int(byte)] }

    /// Which bytes stand in a segment as they are, by their number.
    private static let plain: [Bool] = {
        var plain = [Bool](repeating: false, count: 256)
        let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~$&+,:;=@!'()*"
        for byte in letters.utf8 { plain[Int(byte)] = true }
        return plain
    }()

    private static func hexadecimal(_ digit: UInt8) -> UInt8 {
        digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "A") + digit - 10
    }
}
