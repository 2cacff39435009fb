internal import JobsRuntime
internal import Reactor

/// Bytes of a store that may be damaged: refused, or a record that is written as it was read.
func fuzzRecord(_ input: [UInt8]) {
    if let spec = try? SpecRecord(decoding: input) {
        let again = try? SpecRecord(decoding: spec.encoded())
        precondition(again == spec, "a job's record comes back as it was")
    }
    if let progress = try? ProgressRecord(decoding: input) {
        let again = try? ProgressRecord(decoding: progress.encoded())
        precondition(again == progress, "a progress record comes back as it was")
    }
    let keys = LaneKeys(namespace: "default", appID: "app")
    if let due = unsafe input.withUnsafeBytes({ unsafe keys.decodeDue($0) }) {
        var key: [UInt8] = []
        keys.due(due, into: &key)
        precondition(key == input, "a due key comes back as it was")
    }
}
