/// What is fuzzed: each takes any bytes, and stops the process where a property does not hold.
///
/// One input tells no lies: a target keeps nothing from one to the next.
package enum FuzzTarget: String, CaseIterable, Sendable {
    case schedule, plan, duration, rfc3339, path, json, http, record, yaml

    /// Runs the target on one input.
    package func run(_ input: UnsafeRawBufferPointer) {
        switch self {
        case .schedule: unsafe fuzzSchedule(String(decoding: input, as: UTF8.self))
        case .plan: unsafe fuzzPlan(Array(input))
        case .duration: unsafe fuzzDuration(String(decoding: input, as: UTF8.self))
        case .rfc3339: unsafe fuzzRFC3339(String(decoding: input, as: UTF8.self))
        case .path: unsafe fuzzPath(Array(input))
        case .json: unsafe fuzzJSON(Array(input))
        case .http: unsafe fuzzHTTP(Array(input))
        case .record: unsafe fuzzRecord(Array(input))
        case .yaml: unsafe fuzzYAML(Array(input))
        }
    }
}
