internal import Reactor

/// The routes of our own under `/mainspring/v1/`: what Dapr has no name for.
///
/// `docs/http-api.md` describes them.
/// On the loop only.
final class OwnRoutes {
    /// What `limit` of a list is where nothing was said.
    private static let standardPage = 100
    /// How many ticks a preview has where nothing was said.
    private static let standardPreview = 10

    private let jobs: AppJobs
    private let timers: LoopTimers
    private let limits: JobLimits
    private let events: FiredEvents
    private var listsUnderWay = 0

    init(jobs: AppJobs, on loop: LoopParts) {
        self.jobs = jobs
        timers = loop.timers
        limits = loop.limits
        events = FiredEvents(jobs.executor, on: loop)
    }

    func add(to router: Router) {
        router.add(.get, "/mainspring/v1/jobs") { [self] request, _, ticket in
            answering { () throws(APIError) in try list(request, ticket) }
        }
        router.add(.delete, "/mainspring/v1/jobs") { [self] request, _, ticket in
            answering { () throws(APIError) in try delete(request, ticket) }
        }
        router.add(.get, "/mainspring/v1/jobs/{name}/preview") { [self] request, parameters, ticket in
            answering { () throws(APIError) in try previewSaved(request, parameters, ticket) }
        }
        router.add(.get, "/mainspring/v1/preview") { [self] request, _, _ in
            answering { () throws(APIError) in try preview(request) }
        }
        for verb in [HTTPMethod.get, .head] {
            router.add(verb, "/mainspring/v1/events") { [self] request, _, ticket in
                answering { () throws(APIError) in try listen(request, ticket) }
            }
        }
    }

    private func answering(_ body: () throws(APIError) -> Handling) -> Handling {
        do throws(APIError) { return try body() } catch { return .respond(.error(error)) }
    }

    // MARK: Jobs

    private func list(_ request: HTTPRequest, _ ticket: RequestTicket) throws(APIError) -> Handling {
        let query = try RouteQuery(request, known: ["prefix", "limit", "cursor"])
        let prefix = query["prefix"] ?? []
        let limit = try query.number("limit", in: 1...limits.listJobs)
        var range = JobRange(
            prefix: prefix, maximumJobs: limit ?? min(Self.standardPage, limits.listJobs),
            maximumBytes: limits.listBytes)
        range.after = try cursor(query, prefix)
        return try read(range, ticket) { [self] page in
            var document = JobListDocument()
            for job in page.jobs {
                let (standing, progress) = jobs.standing(of: job)
                document.add(job, standing, progress)
            }
            let cursor = page.hasMore ? page.jobs.last.map { PageCursor.text(after: $0.name) } : nil
            return .json(status: 200, document.finished(cursor: cursor))
        }
    }

    private func cursor(_ query: RouteQuery, _ prefix: [UInt8]) throws(APIError) -> [UInt8]? {
        guard let text = try query.text("cursor") else { return nil }
        guard let name = PageCursor.name(text) else {
            throw .badParameter(
                "cursor is none that a list has given: hand back the cursor of the page before")
        }
        guard name.starts(with: prefix) else {
            throw .badParameter("cursor is of a list with another prefix: keep the prefix from page to page")
        }
        return name
    }

    private func delete(_ request: HTTPRequest, _ ticket: RequestTicket) throws(APIError) -> Handling {
        let query = try RouteQuery(request, known: ["prefix", "all"])
        guard let prefix = query["prefix"] else {
            throw .badParameter("prefix is missing: name what the jobs to delete begin with")
        }
        let isAll = try query.flag("all")
        guard !prefix.isEmpty || isAll else {
            throw .badParameter("prefix is empty, which means every job of the app: say all=true if it does")
        }
        try takeSlot()
        jobs.delete(prefix: prefix) { [self] result in
            listsUnderWay -= 1
            ticket.respond(with: response(to: result))
        }
        return .later
    }

    private func response(to result: AppJobs.PrefixDeleteResult) -> HTTPResponse {
        switch result {
        case .deleted(let count): return .json(status: 200, Array(#"{"deleted":\#(count)}"#.utf8))
        case .busy(let count):
            return .error(
                .busy("too much waits for the store: \(count) jobs are deleted; ask again for the others"))
        case .failed(let error, let count):
            return .error(
                .store(
                    "the store failed when \(count) jobs were deleted, and up to \(limits.prefixDeleteJobs) more may be: "
                        + "\(error.message)"))
        }
    }

    // MARK: Previews

    private func preview(_ request: HTTPRequest) throws(APIError) -> Handling {
        let query = try RouteQuery(
            request, known: ["schedule", "zone", "dueTime", "ttl", "repeats", "count"])
        let repeats = try query.number("repeats", in: 0...Int(UInt32.max)).map { UInt32($0) }
        let plan = try TickPlan.Request(
            schedule: query.text("schedule"), dueTime: query.text("dueTime"), repeats: repeats,
            ttl: query.text("ttl"))
        if plan.schedule == nil, plan.dueTime == nil {
            throw .badParameter("schedule is missing, and so is dueTime: give one of them")
        }
        let zone = try query.text("zone")
        let count = try count(query)
        do {
            let preview = try TickPreview(plan, zone: zone, count: count, from: now)
            return .respond(.json(status: 200, Array(preview.document.utf8)))
        } catch {
            throw .badParameter("schedule, dueTime, ttl, repeats or zone: \(error.message)")
        }
    }

    private func previewSaved(
        _ request: HTTPRequest, _ parameters: RouteParameters, _ ticket: RequestTicket
    ) throws(APIError) -> Handling {
        guard let name = parameters.decoded(0) else {
            throw .badParameter("name in the path has a broken percent-escape")
        }
        let count = try count(RouteQuery(request, known: ["count"]))
        // The first of all names that begin so is the name itself, if there is a job of it.
        let range = JobRange(prefix: name, maximumJobs: 1, maximumBytes: limits.listBytes)
        return try read(range, ticket) { [self] page in
            guard let job = page.jobs.first, job.name == name else { return .error(.noSuchJob(name)) }
            switch job.records {
            case .success(let records):
                let progress = jobs.standing(of: job).progress ?? records.progress
                let preview = TickPreview(
                    ListedJob.Records(spec: records.spec, progress: progress), count: count, asOf: now)
                return .json(status: 200, Array(preview.document.utf8))
            case .failure(let error): return .error(.store(error.message))
            case nil: return .error(.noSuchJob(name))
            }
        }
    }

    private func count(_ query: RouteQuery) throws(APIError) -> Int {
        try query.number("count", in: TickPreview.counts) ?? Self.standardPreview
    }

    /// Of now the millisecond is enough.
    private var now: WallTime {
        max(WallTime(millisecondsSinceEpoch: timers.wallNow.millisecondsSinceEpoch), Schedule.startOfTime)
    }

    // MARK: Events

    private func listen(_ request: HTTPRequest, _ ticket: RequestTicket) throws(APIError) -> Handling {
        let query = try RouteQuery(request, known: ["prefix"])
        guard events.listen(ticket, prefix: query["prefix"] ?? []) else {
            throw .tooManyListeners(limits.eventListeners)
        }
        return .later
    }

    // MARK: Reads

    /// Makes room for one more list, or for a delete by prefix, which reads lists and has their jobs deleted.
    private func takeSlot() throws(APIError) {
        guard listsUnderWay < limits.listsUnderWay else {
            throw .busy("\(listsUnderWay) lists or deletes by prefix are under way already: try again")
        }
        listsUnderWay += 1
    }

    /// Reads jobs, a bounded number of pages at a time, as each may hold `listBytes`.
    private func read(
        _ range: JobRange, _ ticket: RequestTicket, _ answer: @escaping (JobListPage) -> HTTPResponse
    ) throws(APIError) -> Handling {
        try takeSlot()
        jobs.list(range) { [self] result in
            listsUnderWay -= 1
            switch result {
            case .found(let page): ticket.respond(with: answer(page))
            case .busy:
                ticket.respond(with: .error(.busy("too many reads wait for the disk already: try again")))
            case .failed(let error):
                ticket.respond(with: .error(.store("the store could not be read: \(error.message)")))
            }
        }
        return .later
    }
}
