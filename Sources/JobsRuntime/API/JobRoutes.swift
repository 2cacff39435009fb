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
        logger = loop.logger
        payloads = JobPayloads(app: app)
    }

    /// Adds the routes to a router.
    package func add(to router: Router) {
        let patterns: [StaticString] = ["/v1.0/jobs/{name}", "/v1.0-alpha1/jobs/{name}"]
        for pattern in patterns {
            router.add(.post, pattern) { [self] in schedule($0, $1, $2) }
            router.add(.get, pattern) { [self] in get($1, $2) }
            router.add(.delete, pattern) { [self] in delete($1, $2) }
        }
    }

    // MARK: Verbs

    private func schedule(_ request: HTTPRequest, _ parameters: RouteParameters, _ ticket: RequestTicket)
        -> Handling
    {
        guard let name = parameters.decoded(0) else {
            return .respond(.error(.malformed("the name in the path has a broken percent-escape")))
        }
        let draft: JobDraft
        do {
            draft = unsafe try payloads.decode(request.body, name: name, acceptedAt: timers.wallNow)
        } catch {
            return .respond(.error(error))
        }
        return eventually(ticket) { answer in
            jobs.schedule(draft) { [self] in answer(response(to: $0, name: draft.name)) }
        }
    }

    private func get(_ parameters: RouteParameters, _ ticket: RequestTicket) -> Handling {
        let name: JobName
        do { name = try checkedName(parameters, { .get($0, app) }) } catch { return .respond(.error(error)) }
        return eventually(ticket) { answer in
            jobs.get(name.bytes) { [self] in answer(response(to: $0, name: name.bytes)) }
        }
    }

    private func delete(_ parameters: RouteParameters, _ ticket: RequestTicket) -> Handling {
        let name: JobName
        do { name = try checkedName(parameters, { .delete($0, app) }) } catch {
            return .respond(.error(error))
        }
        return eventually(ticket) { answer in
            jobs.delete(name.bytes) { [self] in answer(response(to: $0, name: name.bytes)) }
        }
    }

    // MARK: Names

    /// The name in the path, decoded and checked; unlike on POST, white space around it counts (contract
    /// 1.3).
    private func checkedName(
        _ parameters: RouteParameters, _ refusal: (RPCStatus) -> APIError
    ) throws(APIError) -> JobName {
        guard let name = parameters.decoded(0) else {
            throw .malformed("the name in the path has a broken percent-escape")
        }
        if name.isEmpty { throw .nameEmpty(app) }
        do { return try JobName(name, of: app) } catch { throw refusal(.invalidName(error)) }
    }

    // MARK: Answers

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
                data: spec.data
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
