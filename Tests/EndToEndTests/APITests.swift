import TestKit
import Testing

extension EndToEnd {
    /// The jobs API of a real host, as the contract's section 1 has it.
    @Suite("the jobs API")
    struct APITests {
        /// A request and what it must bring.
        struct Case: Sendable, CustomTestStringConvertible {
            var method: String
            var path: String
            var body: String?
            var status: Int
            var errorCode: String?
            var text: String = ""

            init(
                _ method: String, _ path: String, _ body: String?, _ status: Int, _ errorCode: String?,
                _ text: String = ""
            ) {
                (self.method, self.path, self.body) = (method, path, body)
                (self.status, self.errorCode, self.text) = (status, errorCode, text)
            }

            var testDescription: String { "\(method) \(path) \(body ?? "")" }
        }

        private static let schedule = "DAPR_SCHEDULER_SCHEDULE_JOB"
        private static let malformed = "ERR_MALFORMED_REQUEST"
        private static let unmatched = "ERR_DIRECT_INVOKE"

        static let cases = [
            Case("POST", "/v1.0/jobs/x", "{", 400, malformed, "failed deserializing HTTP body: "),
            Case("POST", "/v1.0/jobs/x", "[]", 400, malformed),
            Case("POST", "/v1.0/jobs/x", "null", 400, malformed),
            Case("POST", "/v1.0/jobs/x", #"{"dueTime":5}"#, 400, malformed),
            Case("POST", "/v1.0/jobs/x", #"{"dueTime":"1s","due_time":"1s"}"#, 400, malformed),
            Case("POST", "/v1.0/jobs/x", #"{"dueTime":"1s","data":{"a":1,"a":2}}"#, 400, malformed),
            Case("POST", "/v1.0/jobs/x", #"{"dueTime":"1s","data":"\ud800"}"#, 400, malformed),
            Case("POST", "/v1.0/jobs/x", #"{"dueTime":"1s","data":1e999}"#, 400, malformed),
            Case("POST", "/v1.0/jobs/x", #"{"dueTime":"1s","data":tru}"#, 400, malformed),
            Case("POST", "/v1.0/jobs/x", #"{"schedule":"@every 1s","repeats":-1}"#, 400, malformed),
            Case(
                "POST", "/v1.0/jobs/x", #"{"name":"y","dueTime":"1s"}"#, 400, "DAPR_SCHEDULER_JOB_NAME",
                "Set the job name in the url only"),
            Case(
                "POST", "/v1.0/jobs/%20", #"{"dueTime":"1s"}"#, 400, "DAPR_SCHEDULER_JOB_NAME_EMPTY",
                "Name is empty"),
            Case("POST", "/v1.0/jobs/x", "{}", 400, "DAPR_SCHEDULER_SCHEDULE_EMPTY", "Schedule is empty"),
            Case("POST", "/v1.0/jobs/x", nil, 400, "DAPR_SCHEDULER_SCHEDULE_EMPTY"),
            Case(
                "POST", "/v1.0/jobs/x", #"{"dueTime":"soon"}"#, 500, schedule,
                "due time format not recognized"),
            Case("POST", "/v1.0/jobs/x", #"{"dueTime":""}"#, 500, schedule),
            Case(
                "POST", "/v1.0/jobs/x", #"{"dueTime":"1s","repeats":2}"#, 500, schedule,
                "job must have a schedule to repeat"),
            Case(
                "POST", "/v1.0/jobs/x", #"{"schedule":"@every 1s","repeats":0}"#, 500, schedule,
                "repeats must be greater than 0"),
            Case("POST", "/v1.0/jobs/x", #"{"schedule":"@every 0s"}"#, 500, schedule),
            Case(
                "POST", "/v1.0/jobs/x", #"{"schedule":"@every soon"}"#, 500, schedule,
                "failed to parse duration"),
            Case(
                "POST", "/v1.0/jobs/x", #"{"schedule":"* * * * *"}"#, 500, schedule,
                "code = Unknown desc = job failed validation: expected exactly 6 fields, found 5: [* * * * *]"
            ),
            Case(
                "POST", "/v1.0/jobs/x", #"{"schedule":"TZ=Mars/Base 0 0 0 * * *"}"#, 500, schedule,
                "provided bad location Mars/Base: unknown time zone Mars/Base"),
            Case(
                "POST", "/v1.0/jobs/x", #"{"schedule":"@daily","ttl":"soon"}"#, 500, schedule,
                "ttl format not recognized"),
            Case("POST", "/v1.0/jobs/a%2Fb", #"{"dueTime":"1s"}"#, 500, schedule, "must not contain"),
            // A policy that cannot be kept is refused, never accepted and ignored.
            Case(
                "POST", "/v1.0/jobs/x", #"{"dueTime":"1s","failurePolicy":{"drop":{},"constant":{}}}"#, 400,
                "ERR_MALFORMED_REQUEST", "failurePolicy"),
            Case(
                "POST", "/v1.0/jobs/x",
                #"{"dueTime":"1s","failurePolicy":{"constant":{"interval":"200ms"}}}"#, 400,
                "ERR_MALFORMED_REQUEST", "failurePolicy.constant.interval"),
            Case(
                "POST", "/v1.0/jobs/x",
                #"{"dueTime":"1s","failurePolicy":{"constant":{"interval":"-1s"}}}"#, 500, schedule,
                "must not be negative"),
            Case("GET", "/v1.0/jobs/nobody", nil, 500, "DAPR_SCHEDULER_GET_JOB", "job not found: nobody"),
            Case("DELETE", "/v1.0/jobs/nobody", nil, 204, nil),
            Case("PUT", "/v1.0/jobs/x", "{}", 404, unmatched),
            Case("GET", "/v1.0/jobs", nil, 404, unmatched),
            Case("GET", "/", nil, 404, unmatched),
            Case("POST", "/v1.0-alpha2/jobs/x", "{}", 404, unmatched),
            Case("GET", "/v1.0/healthz", nil, 204, nil),
            Case("GET", "/v1.0/healthz?appid=test", nil, 204, nil),
            Case("GET", "/v1.0/healthz?appid=other", nil, 500, "ERR_HEALTH_APPID_NOT_MATCH"),
            Case("GET", "/v1.0/healthz/outbound", nil, 204, nil),
        ]

        @Test("every row of the table of errors is answered as it stands there")
        func errors() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let host = try HostProcess.start(.init(dataFolder: data.path))
                // One connection for all: an error of the API is no error of HTTP.
                let connection = try host.connect()
                for entry in Self.cases {
                    let answer = try connection.request(entry.method, entry.path, body: entry.body)
                    #expect(answer.status == entry.status, "\(entry.testDescription): \(answer)")
                    #expect(answer.errorCode == entry.errorCode, "\(entry.testDescription): \(answer)")
                    #expect(answer.body.contains(entry.text), "\(entry.testDescription): \(answer)")
                    if entry.errorCode != nil {
                        #expect(answer.headers["content-type"] == "application/json")
                    }
                }
                #expect(try connection.has("x") == false, "a refused job was kept")
                try host.stop()
            }
        }

        @Test(
            "a job is scheduled, shown, refused a second time, overwritten and removed",
            arguments: ["v1.0", "v1.0-alpha1"])
        func lifeOfAJob(version: String) async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let host = try HostProcess.start(.init(dataFolder: data.path))
                let connection = try host.connect()
                let path = "/\(version)/jobs/c-3po"
                let fields = #"{"dueTime":"30m","data":{"Value":"C-3PO:Limb Calibration"}}"#
                #expect(try connection.request("POST", path, body: fields).status == 204)
                let shown = try connection.request("GET", path)
                #expect(shown.status == 200)
                #expect(shown.headers["content-type"] == "application/json")
                let document =
                    #"{"name":"c-3po", "dueTime":"30m", "data":{"@type":"type.googleapis.com/google.protobuf.Value", "#
                    + #""value":{"Value":"C-3PO:Limb Calibration"}}, "#
                    + #""failurePolicy":{"constant":{"interval":"1s", "maxRetries":3}}}"#
                #expect(shown.body == document)

                let second = try connection.request("POST", path, body: fields)
                #expect(second.status == 409)
                #expect(second.body.contains("job already exists: 'app||default||test||c-3po'"), "\(second)")
                let overwrite =
                    #"{"schedule":"CRON_TZ=Europe/Berlin 0 30 9 * * Mon-Fri","repeats":3,"dueTime":"PT1H","ttl":"P1Y","overwrite":true}"#
                #expect(try connection.request("POST", path, body: overwrite).status == 204)
                #expect(
                    try connection.request("GET", path).body.hasPrefix(
                        #"{"name":"c-3po", "schedule":"CRON_TZ=Europe/Berlin 0 30 9 * * Mon-Fri", "repeats":3, "dueTime":"PT1H", "ttl":"P1Y", "failurePolicy""#
                    ))
                #expect(try connection.request("DELETE", path).status == 204)
                #expect(try connection.request("GET", path).status == 500)
                #expect(try connection.request("DELETE", path).status == 204)
                try host.stop()
            }
        }

        @Test("of clients that race for a name exactly one is first")
        func race() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let host = try HostProcess.start(.init(dataFolder: data.path))
                let connections = try (0..<16).map { _ in try host.connect() }
                for round in 0..<20 {
                    for connection in connections {
                        try connection.send("POST", "/v1.0/jobs/race-\(round)", body: #"{"dueTime":"1h"}"#)
                    }
                    let statuses = try connections.map { try $0.receive().status }
                    #expect(statuses.count { $0 == 204 } == 1)
                    #expect(statuses.count { $0 == 409 } == connections.count - 1)
                }
                try host.stop()
            }
        }

        @Test("a page in a browser cannot schedule jobs")
        func foreignOrigin() async throws {
            try await OwnThread.run {
                let data = try TemporaryFolder()
                let host = try HostProcess.start(.init(dataFolder: data.path))
                let connection = try host.connect()
                let answer = try connection.request(
                    "POST", "/v1.0/jobs/x", headers: ["Origin: http://evil.example"],
                    body: #"{"dueTime":"1h"}"#)
                #expect(answer.status == 403)
                #expect(try host.connect().has("x") == false)
                try host.stop()
            }
        }
    }
}
