import JobsRuntime
import Testing

@Suite("API errors")
struct APIErrorTests {
    private static let app = AppIdentity(appID: "myapp")
    private static let name = Array("c-3po".utf8)

    @Test(
        "each row of the contract's table, to the byte",
        arguments: [
            (
                .bodyTooLarge, 400,
                #"{"errorCode":"ERR_BODY_READ","message":"failed to read request body: stream too large"}"#
            ),
            (
                .malformed("x"), 400,
                #"{"errorCode":"ERR_MALFORMED_REQUEST","message":"failed deserializing HTTP body: x"}"#
            ),
            (
                .nameInBody(app), 400,
                document("DAPR_SCHEDULER_JOB_NAME", "Set the job name in the url only", #"{"appID":"myapp"}"#)
            ),
            (.nameEmpty(app), 400, document("DAPR_SCHEDULER_JOB_NAME_EMPTY", "Name is empty")),
            (.scheduleEmpty(app), 400, document("DAPR_SCHEDULER_SCHEDULE_EMPTY", "Schedule is empty")),
            (
                .schedule(.alreadyExists(name, of: app), app), 409,
                document(
                    "DAPR_SCHEDULER_SCHEDULE_JOB",
                    "failed to schedule job due to: rpc error: code = AlreadyExists desc = job already exists: 'app||default||myapp||c-3po'"
                )
            ),
            (
                .schedule(.invalidJob("empty spec string"), app), 500,
                document(
                    "DAPR_SCHEDULER_SCHEDULE_JOB",
                    "failed to schedule job due to: rpc error: code = Unknown desc = job failed validation: empty spec string"
                )
            ),
            (
                .schedule(.notStored("disk full"), app), 503,
                document(
                    "DAPR_SCHEDULER_SCHEDULE_JOB",
                    "failed to schedule job due to: rpc error: code = Unavailable desc = nothing was stored: disk full"
                )
            ),
            (
                .schedule(.notKnown("disk full"), app), 503,
                document(
                    "DAPR_SCHEDULER_SCHEDULE_JOB",
                    "failed to schedule job due to: rpc error: code = Unavailable desc = it is not known whether it was stored: disk full"
                )
            ),
            (
                .schedule(.tooManyOperations(limit: 9), app), 503,
                document(
                    "DAPR_SCHEDULER_SCHEDULE_JOB",
                    "failed to schedule job due to: rpc error: code = Unavailable desc = nothing was stored: 9 operations wait for the store already; try again"
                )
            ),
            (
                .get(.notFound(name), app), 500,
                document(
                    "DAPR_SCHEDULER_GET_JOB",
                    "failed to get job due to: rpc error: code = NotFound desc = job not found: c-3po")
            ),
            (
                .get(.notReadable("x"), app), 500,
                document(
                    "DAPR_SCHEDULER_GET_JOB",
                    "failed to get job due to: rpc error: code = Unavailable desc = the store could not be read: x"
                )
            ),
            (
                .delete(.notStored("x"), app), 500,
                document(
                    "DAPR_SCHEDULER_DELETE_JOB",
                    "failed to delete job due to: rpc error: code = Unavailable desc = nothing was stored: x")
            ),
            (
                .unmatchedRoute, 404,
                #"{"errorCode":"ERR_DIRECT_INVOKE","message":"failed getting app id either from the URL path or the header dapr-app-id"}"#
            ),
            (
                .notReady(["app", "scheduler"]), 500,
                #"{"errorCode":"ERR_HEALTH_NOT_READY","message":"dapr is not ready: [app scheduler]"}"#
            ),
            (
                .outboundNotReady, 500,
                #"{"errorCode":"ERR_OUTBOUND_HEALTH_NOT_READY","message":"dapr outbound is not ready"}"#
            ),
            (
                .healthAppIDMismatch, 500,
                #"{"errorCode":"ERR_HEALTH_APPID_NOT_MATCH","message":"dapr app-id does not match"}"#
            ),
        ] as [(APIError, Int, String)])
    func table(error: APIError, status: Int, document: String) {
        #expect(error.httpStatus == status)
        #expect(String(decoding: error.document, as: UTF8.self) == document)
    }

    @Test("the contract's own sample")
    func sample() {
        let sample =
            #"{"errorCode":"DAPR_SCHEDULER_SCHEDULE_EMPTY","message":"Schedule is empty","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","domain":"dapr.io","metadata":{"appID":"myapp","namespace":"default"},"reason":"DAPR_SCHEDULER_SCHEDULE_EMPTY"}]}"#
        #expect(String(decoding: APIError.scheduleEmpty(Self.app).document, as: UTF8.self) == sample)
    }

    @Test(
        "messages are escaped as Go does it",
        arguments: [
            ("<a>&", #"\u003ca\u003e\u0026"#), (#"a"b\c/"#, #"a\"b\\c/"#),
            ("\u{8}\u{C}\n\r\t", #"\b\f\n\r\t"#),
            ("\u{0}\u{1F}\u{B}", #"\u0000\u001f\u000b"#), ("\u{7F}\u{85}", "\u{7F}\u{85}"),
            ("\u{2028}\u{2029}\u{2027}\u{202A}", "\\u2028\\u2029\u{2027}\u{202A}"),
            ("é😀\u{FFFD}", "é😀\u{FFFD}"),
        ])
    func escaping(message: String, escaped: String) {
        let error = APIError(httpStatus: 500, errorCode: "E", message: message)
        #expect(
            String(decoding: error.document, as: UTF8.self)
                == "{\"errorCode\":\"E\",\"message\":\"\(escaped)\"}")
    }

    @Test("identities are escaped too")
    func identities() {
        let error = APIError.nameEmpty(AppIdentity(namespace: "<n>", appID: "a\"b"))
        let text = String(decoding: error.document, as: UTF8.self)
        #expect(text.contains(#""metadata":{"appID":"a\"b","namespace":"\u003cn\u003e"}"#))
    }

    @Test("the log says what Dapr's log says")
    func logLines() {
        #expect(
            APILogLine.getting(Self.name, .notFound(Self.name))
                == "Error getting job c-3po due to: rpc error: code = NotFound desc = job not found: c-3po")
        #expect(
            APILogLine.scheduling(Self.name, .invalidJob("empty spec string"))
                == "Error scheduling job c-3po due to: rpc error: code = Unknown desc = job failed validation: empty spec string"
        )
        #expect(
            APILogLine.deleting(Self.name, .notStored("x"))
                == "Error deleting job: c-3po due to: rpc error: code = Unavailable desc = nothing was stored: x"
        )
    }

    private static func document(
        _ code: String, _ message: String, _ metadata: String = #"{"appID":"myapp","namespace":"default"}"#
    ) -> String {
        #"{"errorCode":"\#(code)","message":"\#(message)","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","#
            + #""domain":"dapr.io","metadata":\#(metadata),"reason":"\#(code)"}]}"#
    }
}
