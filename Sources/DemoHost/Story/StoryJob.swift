/// A job of the story: what is sent, what is read back, and what is printed when it fires.
struct StoryJob {
    let name: String
    let delay: Duration
    /// The lines of its handler.
    let lines: [String]
    private let dueTime: String
    private let value: String

    static let r2d2 = droid("r2-d2", .seconds(2), "2s", "R2-D2", "Oil Change")
    static let c3po = droid("c-3po", .seconds(4), "4s", "C-3PO", "Limb Calibration")
    static let bb8 = StoryJob(
        name: "bb-8", delay: .seconds(3600), lines: [], dueTime: "1h", value: "BB-8:Polish")
    /// No route but the empty prefix fits its name.
    static let k2so = StoryJob(
        name: "k-2so", delay: .seconds(2), lines: [#"Job k-2so: {"Value":"K-2SO:Reboot"}"#], dueTime: "2s",
        value: "K-2SO:Reboot")

    private static func droid(
        _ name: String, _ delay: Duration, _ dueTime: String, _ droid: String, _ task: String
    ) -> StoryJob {
        let lines = [
            "Received job request...", "Starting droid: \(droid)", "Executing maintenance job: \(task)",
        ]
        return StoryJob(name: name, delay: delay, lines: lines, dueTime: dueTime, value: "\(droid):\(task)")
    }

    /// The body of the request that schedules it.
    var request: String { #"{"data":{"Value":"\#(value)"},"dueTime":"\#(dueTime)"}"# }

    /// What reading it answers.
    var document: String {
        #"{"name":"\#(name)", "dueTime":"\#(dueTime)", "#
            + #""data":{"@type":"type.googleapis.com/google.protobuf.Value", "value":{"Value":"\#(value)"}}, "#
            + #""failurePolicy":{"constant":{"interval":"1s", "maxRetries":3}}}"#
    }

    /// What reading it answers when it is not there.
    var notFound: String {
        #"{"errorCode":"DAPR_SCHEDULER_GET_JOB","#
            + #""message":"failed to get job due to: rpc error: code = NotFound desc = job not found: \#(name)","#
            + #""details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","domain":"dapr.io","#
            + #""metadata":{"appID":"garage","namespace":"default"},"reason":"DAPR_SCHEDULER_GET_JOB"}]}"#
    }
}
