import JobsRuntime
import Reactor

/// One scheduling of a name as the oracle sees it: what was asked, what was answered, how far its ticks have come.
final class JobModel {
    /// What a client learned of its command.
    enum Fate { case open, applied, refused, unknown }

    /// Where a job stands between two of its runs.
    struct Standing: Equatable {
        var spent: Int
        var failures: Int
        /// Before this instant no attempt may be made.
        var earliest: WallTime
    }

    let version: Int
    let name: String
    let firstDue: WallTime
    let intervalMilliseconds: Int64?
    let repeats: Int?
    let policy: SimulatedPolicy
    let issued: Int
    var answered: Int?
    var fate = Fate.open
    private(set) var standing: Standing
    /// How it stood before a result that may not be on disk; a run that follows it proves that it is.
    private var before: Standing?
    /// Set by a crash: the last result is on disk or is not.
    private var isDoubtful = false
    private(set) var isRunning = false

    init(version: Int, name: String, draft: SimulatedDraft, now: WallTime, issued: Int) {
        self.version = version
        self.name = name
        self.issued = issued
        firstDue = now + .milliseconds(draft.delay)
        intervalMilliseconds = draft.interval
        repeats = draft.interval == nil ? 1 : draft.repeats
        policy = draft.policy
        standing = Standing(spent: 0, failures: 0, earliest: firstDue)
    }

    /// Whether every tick is spent.
    var isFinished: Bool { repeats == standing.spent }

    /// Whether it is finished and no crash has put that in doubt.
    var isSurelyFinished: Bool { isFinished && !isDoubtful }

    /// When the next tick is planned.
    var planned: WallTime { planned(after: standing.spent) }

    private func planned(after spent: Int) -> WallTime {
        firstDue + .milliseconds((intervalMilliseconds ?? 0) * Int64(spent))
    }

    /// Checks a delivery against where the job stands, and answers what is wrong with it.
    func began(_ trigger: JobTrigger, latestWall: WallTime) -> String? {
        if isRunning { return "runs twice at a time" }
        let possible = [standing] + (isDoubtful ? before.map { [$0] } ?? [] : [])
        let matching = possible.filter {
            trigger.plannedTime == planned(after: $0.spent) && trigger.attempt == $0.failures + 1
                && $0.spent < repeats ?? .max
        }
        // A lost snooze leaves tick and attempt as they were: then the earlier of the two is the one to hold it to.
        guard let found = matching.min(by: { $0.earliest < $1.earliest }) else {
            return "planned \(trigger.plannedTime), attempt \(trigger.attempt) does not follow \(possible)"
        }
        standing = found
        before = nil
        isDoubtful = false
        isRunning = true
        if latestWall < found.earliest { return "fired before \(found.earliest)" }
        if trigger.isLastAttempt != (policy.retries.map { trigger.attempt > $0 } ?? false) {
            return "attempt \(trigger.attempt) misjudged as last"
        }
        return nil
    }

    /// Takes the outcome of the run under way.
    func ended(_ outcome: TriggerOutcome, now: WallTime) {
        isRunning = false
        let old = standing
        switch outcome {
        case .undeliverable: return
        case .snoozed(let delay): standing.earliest = now + delay
        case .failed where standing.failures < policy.retries ?? .max:
            standing.failures += 1
            standing.earliest = planned + .milliseconds(policy.interval * Int64(standing.failures))
        case .failed, .succeeded, .cancelled:
            standing = Standing(spent: old.spent + 1, failures: 0, earliest: planned(after: old.spent + 1))
        }
        before = old
    }

    /// The process died: runs are gone, and the last result with them or not.
    func crashed() {
        isRunning = false
        if before != nil { isDoubtful = true }
    }
}

/// A job as the simulation asks for it, in milliseconds.
struct SimulatedDraft {
    var delay: Int64
    var interval: Int64?
    var repeats: Int?
    var overwrite: Bool
    var policy = SimulatedPolicy.standard

    /// The body of the `POST`; the data names the version.
    func body(version: Int) -> String {
        var fields = ["\"data\":\(version)", "\"dueTime\":\"\(delay)ms\""]
        if let interval { fields.append("\"schedule\":\"@every \(interval)ms\"") }
        if let repeats, interval != nil { fields.append("\"repeats\":\(repeats)") }
        if overwrite { fields.append("\"overwrite\":true") }
        if let policy = policy.text { fields.append("\"failurePolicy\":\(policy)") }
        return "{" + fields.joined(separator: ",") + "}"
    }
}

/// A failure policy as the simulation asks for it; the interval in milliseconds.
enum SimulatedPolicy {
    case standard, drop
    case constant(interval: Int64, retries: Int?)

    /// How often a tick is tried again; `nil` for ever.
    var retries: Int? {
        switch self {
        case .standard: 3
        case .drop: 0
        case .constant(_, let retries): retries
        }
    }

    var interval: Int64 {
        switch self {
        case .standard, .drop: 1000
        case .constant(let interval, _): interval
        }
    }

    /// The field's value, where it is sent.
    var text: String? {
        switch self {
        case .standard: return nil
        case .drop: return #"{"drop":{}}"#
        case .constant(let interval, let retries):
            let fraction = String(interval % 1000)
            let zeros = String(repeating: "0", count: 3 - fraction.utf8.count)
            let maximum = retries.map { ",\"maxRetries\":\($0)" } ?? ""
            return "{\"constant\":{\"interval\":\"\(interval / 1000).\(zeros)\(fraction)s\"\(maximum)}}"
        }
    }
}
