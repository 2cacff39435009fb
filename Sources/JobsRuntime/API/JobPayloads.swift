package import Reactor

/// Turns the body of a schedule request into a `JobDraft`, or into the error that the contract has for it.
///
/// Made once for a loop and an app; not `Sendable`.
package final class JobPayloads {
    private let app: AppIdentity
    private let walker: JSONWalker
    private let policies = FailurePolicyReader()

    package init(app: AppIdentity) {
        self.app = app
        walker = JobFields.makeWalker()
    }

    /// Decodes and validates in the contract's order; only the store can say whether the name is taken.
    ///
    /// - Parameters:
    ///   - body: the body as it came; an empty one is `{}`.
    ///   - name: the name as it stood in the path, decoded; white space around it is taken off here.
    ///   - now: the moment of acceptance, from which relative times count.
    package func decode(
        _ body: UnsafeRawBufferPointer, name: [UInt8], acceptedAt now: WallTime
    ) throws(APIError) -> JobDraft {
        let fields = unsafe try readFields(body)
        if let inner = fields.name, !inner.isEmpty { throw .nameInBody(app) }
        let trimmed = JobName.trimmed(name)
        if trimmed.isEmpty { throw .nameEmpty(app) }
        if fields.schedule == nil, fields.dueTime == nil { throw .scheduleEmpty(app) }
        let checkedName = try checkName(trimmed)
        let plan = try makePlan(fields, acceptedAt: now)
        try checkPolicy(fields.failurePolicy)
        return JobDraft(name: checkedName, fields: fields, plan: plan, acceptedAt: now)
    }

    private func readFields(_ body: UnsafeRawBufferPointer) throws(APIError) -> JobFields {
        if unsafe body.isEmpty { return JobFields() }
        let kind: JSONKind
        do {
            unsafe kind = try walker.walk(body)
        } catch {
            throw .malformed(error.description)
        }
        guard kind == .object else { throw .malformed("an object was expected, not \(kind)") }
        do {
            return try JobFields(walker, policies)
        } catch {
            throw .malformed(error.description)
        }
    }

    private func checkName(_ bytes: [UInt8]) throws(APIError) -> JobName {
        do { return try JobName(bytes, of: app) } catch { throw .schedule(.invalidName(error), app) }
    }

    /// Refuses an interval below 0, which Dapr takes.
    ///
    /// A retry before the tick that it repeats is nothing that anybody can mean; there it is a retry at once, again and
    /// again, and 0 says that.
    private func checkPolicy(_ policy: FailurePolicy?) throws(APIError) {
        guard case .constant(let interval?, _) = policy, interval < .zero else { return }
        var text: [UInt8] = []
        ProtobufDuration.append(interval, to: &text)
        let shown = String(decoding: text, as: UTF8.self)
        throw .schedule(
            .invalidJob(
                "failure policy interval must not be negative: failurePolicy.constant.interval \(shown)"),
            app)
    }

    private func makePlan(_ fields: JobFields, acceptedAt now: WallTime) throws(APIError) -> TickPlan {
        let request = TickPlan.Request(
            schedule: fields.schedule, dueTime: fields.dueTime, repeats: fields.repeats, ttl: fields.ttl)
        do {
            return try TickPlan(request, acceptedAt: now)
        } catch {
            throw .schedule(.invalidJob(error.message), app)
        }
    }
}
