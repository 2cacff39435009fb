internal import Logging
package import Reactor

/// The jobs API over HTTP: a verb table, and what each verb answers.
///
/// Contract 1.2: both spellings of a path share one handler. On the loop only.
package final class JobRoutes {
    private let app: AppIdentity
    private let jobs: AppJobs
    private let payloads: JobPayloads
    private let timers: LoopTimers
    private let limits: JobLimits
    private let logger: Logger

    package init(app: AppIdentity, jobs: AppJobs, on loop: LoopParts) {
        self.app = app
        self.jobs = jobs
        timers = loop.timers
        limits = loop.limits
        var logger = loop.logger
        logger[metadataKey: "scope"] = "dapr.api"
        self.logger = logger
        payloads = JobPayloads(app: app)
    }

    /// Adds the routes to a router, in the spellings that are served.
    package func add(to router: Router, access: APIAccess = APIAccess()) {
        let patterns: [(APIRule.Part, StaticString)] = [
            (.jobs, "/v1.0/jobs/{name}"), (.jobsAlpha, "/v1.0-alpha1/jobs/{name}"),
        ]
        for (part, pattern) in patterns where access.serves(part) {
            router.add(.post, pattern) { [self] in schedule($0, $1, $2) }
            router.add(.get, pattern) { [self] in get($1, $2) }
            router.add(.delete, pattern) { [self] in delete($1, $2) }
        }
    }

    // MARK: Verbs

    private func schedule(_ request: HTTPRequest, _ parameters: RouteParameters, _ ticket: RequestTicket)
        -> Handling
    {
        guard let name = parameters.decoded(0) else { return brokenEscape(parameters) }
        let draft: JobDraft
        do {
            draft = unsafe try payloads.decode(request.body, name: name, acceptedAt: timers.wallNow)
        } catch {
            return refuse(error) { APILogLine.scheduling(JobName.trimmed(name), $0) }
        }
        return eventually(ticket) { answer in
            jobs.schedule(draft) { [self] in answer(response(to: $0, name: draft.name)) }
        }
    }

    private func get(_ parameters: RouteParameters, _ ticket: RequestTicket) -> Handling {
        guard let asked = parameters.decoded(0) else { return brokenEscape(parameters) }
        let name: JobName
        do { name = try checkedName(asked, { .get($0, app) }) } catch {
            return refuse(error) { APILogLine.getting(asked, $0) }
        }
        return eventually(ticket) { answer in
            jobs.get(name.bytes) { [self] in answer(response(to: $0, name: name.bytes)) }
        }
    }

    private func delete(_ parameters: RouteParameters, _ ticket: RequestTicket) -> Handling {
        guard let asked = parameters.decoded(0) else { return brokenEscape(parameters) }
        let name: JobName
        do { name = try checkedName(asked, { .delete($0, app) }) } catch {
            return refuse(error) { APILogLine.deleting(asked, $0) }
        }
        return eventually(ticket) { answer in
            jobs.delete(name.bytes) { [self] in answer(response(to: $0, name: name.bytes)) }
        }
    }

    // MARK: Names

    /// The name in the path, decoded and checked; unlike on POST, white space around it counts (contract
    /// 1.3).
    private func checkedName(
        _ name: [UInt8], _ refusal: (RPCStatus) -> APIError
    ) throws(APIError) -> JobName {
        if name.isEmpty { throw .nameEmpty(app) }
        do { return try JobName(name, of: app) } catch { throw refusal(.invalidName(error)) }
    }

    private func brokenEscape(_ parameters: RouteParameters) -> Handling {
        let sent = unsafe GoQuote.quoted(Array(parameters[0]))
        return .respond(.error(.malformed("the name \(sent) in the path has a broken percent-escape")))
    }

    // MARK: Answers

    /// Answers with an error, and says in the log what Dapr's log says of it, if anything.
    private func refuse(_ error: APIError, _ line: (RPCStatus) -> String) -> Handling {
        if let cause = error.cause {
            logger.error("\(line(cause))")
        } else if error == .nameEmpty(app) {
            logger.error("\(APILogLine.nameEmpty)")
        }
        return .respond(.error(error))
    }

    /// Runs `begin`, whose answer may come at once or later.
    private func eventually(
        _ ticket: RequestTicket, _ begin: (_ answer: @escaping (HTTPResponse) -> Void) -> Void
    ) -> Handling {
        var early: HTTPResponse?
        var hasReturned = false
        begin { response in
            if hasReturned { ticket.respond(with: response) } else { early = response }
        }
        hasReturned = true
        return early.map { .respond($0) } ?? .later
    }

    private func response(to result: AppJobs.ScheduleResult, name: [UInt8]) -> HTTPResponse {
        let status: RPCStatus
        switch result {
        case .scheduled: return .noContent
        case .exists: status = .alreadyExists(name, of: app)
        case .busy: status = .tooManyOperations(limit: limits.maximumQueuedCommands)
        case .notStored(let error): status = .notStored(error.message)
        case .notKnown(let error): status = .notKnown(error.message)
        }
        logger.error("\(APILogLine.scheduling(name, status))")
        return .error(.schedule(status, app))
    }

    private func response(to result: AppJobs.DeleteResult, name: [UInt8]) -> HTTPResponse {
        let status: RPCStatus
        switch result {
        case .deleted: return .noContent
        case .busy: status = .tooManyOperations(limit: limits.maximumQueuedCommands)
        case .notStored(let error): status = .notStored(error.message)
        case .notKnown(let error): status = .notKnown(error.message)
        }
        logger.error("\(APILogLine.deleting(name, status))")
        return .error(.delete(status, app))
    }

    private func response(to result: AppJobs.GetResult, name: [UInt8]) -> HTTPResponse {
        let status: RPCStatus
        switch result {
        case .found(let spec):
            var document: [UInt8] = []
            JobDocument(
                name: name, schedule: spec.schedule, dueTime: spec.dueTime, repeats: spec.repeats,
                ttl: spec.ttl, data: spec.data, failurePolicy: spec.failurePolicy
            ).write(to: &document)
            return .json(status: 200, document)
        case .absent: status = .notFound(name)
        case .busy: status = .notReadable("too many reads wait for the disk already; try again")
        case .failed(let error): status = .notReadable(error.message)
        }
        logger.error("\(APILogLine.getting(name, status))")
        return .error(.get(status, app))
    }
}

extension HTTPResponse {
    /// An error in the shape that Dapr's clients know.
    package static func error(_ error: APIError) -> HTTPResponse {
        var response = HTTPResponse.json(status: error.httpStatus, error.document)
        response.errorCode = error.errorCode
        return response
    }
}
