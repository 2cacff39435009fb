// One constructor for each row of the contract's table of errors (section 1.6) and of its health answers
// (8.1).

extension APIError {
    /// The body was longer than the limit.
    package static let bodyTooLarge = APIError(
        httpStatus: 400, errorCode: "ERR_BODY_READ", message: "failed to read request body: stream too large")

    /// The body is no JSON object, or a field of it has the wrong type.
    package static func malformed(_ text: String) -> APIError {
        APIError(
            httpStatus: 400, errorCode: "ERR_MALFORMED_REQUEST",
            message: "failed deserializing HTTP body: \(text)")
    }

    /// The name stands in the body too.
    package static func nameInBody(_ app: AppIdentity) -> APIError {
        APIError(
            httpStatus: 400, errorCode: "DAPR_SCHEDULER_JOB_NAME",
            message: "Set the job name in the url only",
            details: .app(app))
    }

    /// Nothing is left of the name.
    package static func nameEmpty(_ app: AppIdentity) -> APIError {
        APIError(
            httpStatus: 400, errorCode: "DAPR_SCHEDULER_JOB_NAME_EMPTY", message: "Name is empty",
            details: .appAndNamespace(app))
    }

    /// Neither `schedule` nor `dueTime` was given.
    package static func scheduleEmpty(_ app: AppIdentity) -> APIError {
        APIError(
            httpStatus: 400, errorCode: "DAPR_SCHEDULER_SCHEDULE_EMPTY", message: "Schedule is empty",
            details: .appAndNamespace(app))
    }

    /// Scheduling failed; the status of the answer follows the code.
    package static func schedule(_ status: RPCStatus, _ app: AppIdentity) -> APIError {
        APIError(
            httpStatus: status.code.httpStatusOfSchedule, errorCode: "DAPR_SCHEDULER_SCHEDULE_JOB",
            message: "failed to schedule job due to: \(status.text)", details: .appAndNamespace(app),
            cause: status)
    }

    /// Reading failed, or there is no such job: always 500, as clients test for it.
    package static func get(_ status: RPCStatus, _ app: AppIdentity) -> APIError {
        APIError(
            httpStatus: 500, errorCode: "DAPR_SCHEDULER_GET_JOB",
            message: "failed to get job due to: \(status.text)", details: .appAndNamespace(app), cause: status
        )
    }

    /// Deleting failed: always 500; deleting what is not there does not fail.
    package static func delete(_ status: RPCStatus, _ app: AppIdentity) -> APIError {
        APIError(
            httpStatus: 500, errorCode: "DAPR_SCHEDULER_DELETE_JOB",
            message: "failed to delete job due to: \(status.text)", details: .appAndNamespace(app),
            cause: status)
    }

    /// No such route, or a verb that the route does not have.
    package static let unmatchedRoute = APIError(
        httpStatus: 404, errorCode: "ERR_DIRECT_INVOKE",
        message: "failed getting app id either from the URL path or the header dapr-app-id")

    /// Metadata that would go over a limit.
    package static func metadataRefused(_ sentence: String) -> APIError {
        APIError(httpStatus: 400, errorCode: "ERR_BAD_REQUEST", message: sentence)
    }

    /// Not ready yet, and what it waits for.
    package static func notReady(_ targets: [String]) -> APIError {
        APIError(
            httpStatus: 500, errorCode: "ERR_HEALTH_NOT_READY",
            message: "dapr is not ready: [\(targets.joined(separator: " "))]")
    }

    /// The health check named another app.
    package static let healthAppIDMismatch = APIError(
        httpStatus: 500, errorCode: "ERR_HEALTH_APPID_NOT_MATCH", message: "dapr app-id does not match")

    /// The API does not answer yet.
    package static let outboundNotReady = APIError(
        httpStatus: 500, errorCode: "ERR_OUTBOUND_HEALTH_NOT_READY", message: "dapr outbound is not ready")
}
