import JobsRuntime
import Reactor

/// What clients asked for and were told, and what may and must fire for it: a plain model beside the runtime.
///
/// # Order of commands
/// One command comes surely after another when it was issued after the other's answer. Of two that overlap either may
/// have come first, so the oracle demands nothing that only one order would explain.
final class SimulationOracle {
    /// A delete, or a scheduling as something that removes what had the name before.
    private final class Removal {
        let issued: Int
        var answered: Int?
        var fate = JobModel.Fate.open

        init(issued: Int) { self.issued = issued }
    }

    private var jobs: [JobModel] = []
    private var jobsOfName: [String: [JobModel]] = [:]
    private var removalsOfName: [String: [Removal]] = [:]
    private var versionOfRun: [String: String] = [:]
    private var runs: [RunTicket: JobModel] = [:]
    private var stamp = 0
    private(set) var violations: [String] = []
    /// The latest that the wall clock has shown: a job may have fallen due then, and the clock set back since.
    private(set) var latestWall: WallTime
    private(set) var deliveries = 0

    init(at now: WallTime) { latestWall = now }

    func sawWall(_ now: WallTime) { latestWall = max(latestWall, now) }

    func violation(_ text: String) { violations.append(text) }

    private func nextStamp() -> Int {
        stamp += 1
        return stamp
    }

    // MARK: Commands

    /// A job is being asked for; answers its version, and what to call with the answer.
    func scheduling(
        _ name: String, _ draft: SimulatedDraft, now: WallTime
    ) -> (version: Int, answer: (AppJobs.ScheduleResult) -> Void) {
        let issued = nextStamp()
        let job = JobModel(version: jobs.count, name: name, draft: draft, now: now, issued: issued)
        let removal = Removal(issued: issued)
        jobs.append(job)
        jobsOfName[name, default: []].append(job)
        removalsOfName[name, default: []].append(removal)
        return (job.version, { [self] in scheduled(job, removal, $0, overwrites: draft.overwrite) })
    }

    private func scheduled(
        _ job: JobModel, _ removal: Removal, _ result: AppJobs.ScheduleResult, overwrites: Bool
    ) {
        if job.fate != .open { violation("version \(job.version) was answered twice") }
        let others = (jobsOfName[job.name] ?? []).filter { $0 !== job }
        switch result {
        case .scheduled:
            job.fate = .applied
            if !overwrites, let other = others.first(where: isSurelyAlive) {
                violation("version \(job.version) was created beside version \(other.version)")
            }
        case .exists:
            job.fate = .refused
            if overwrites || others.allSatisfy({ isSurelyGone($0, before: job.issued) }) {
                violation("version \(job.version) is told that it exists")
            }
        case .busy, .notStored: job.fate = .refused
        case .notKnown: job.fate = .unknown
        }
        job.answered = nextStamp()
        removal.fate = job.fate
        removal.answered = job.answered
    }

    /// A name is being deleted; answers what to call with the answer.
    func deleting(_ name: String) -> (AppJobs.DeleteResult) -> Void {
        let removal = Removal(issued: nextStamp())
        removalsOfName[name, default: []].append(removal)
        return { [self] result in
            if removal.fate != .open { violation("a delete of \(name) was answered twice") }
            removal.answered = nextStamp()
            switch result {
            case .deleted: removal.fate = .applied
            case .busy, .notStored: removal.fate = .refused
            case .notKnown: removal.fate = .unknown
            }
        }
    }

    /// The process died: what was open is on disk or is not, and nobody will say.
    func crashed() {
        let now = nextStamp()
        for job in jobs {
            job.crashed()
            if job.fate == .open {
                job.fate = .unknown
                job.answered = now
            }
        }
        for removals in removalsOfName.values {
            for removal in removals where removal.fate == .open {
                removal.fate = .unknown
                removal.answered = now
            }
        }
        runs = [:]
    }

    // MARK: Runs

    /// A trigger came.
    func began(_ trigger: JobTrigger, _ ticket: RunTicket) {
        deliveries += 1
        guard let text = trigger.data, let version = Int(String(decoding: text, as: UTF8.self)),
            jobs.indices.contains(version)
        else { return violation("a trigger of \(trigger.name) has somebody else's data") }
        let job = jobs[version]
        if job.name != trigger.name { violation("\(trigger.name) has the data of \(job.name)") }
        if isSurelyGone(job) { violation("version \(version) of \(job.name) fired, and is gone") }
        if let wrong = job.began(trigger, latestWall: latestWall) {
            violation("version \(version) of \(job.name) \(wrong)")
        }
        let tick = "\(version)/\(trigger.plannedTime.millisecondsSinceEpoch)"
        if let known = versionOfRun.updateValue(tick, forKey: trigger.runID), known != tick {
            violation("run id \(trigger.runID) names \(known) and \(tick)")
        }
        runs[ticket] = job
    }

    /// A run has its outcome; a second one is the runtime's to ignore.
    func ended(_ ticket: RunTicket, _ outcome: TriggerOutcome, now: WallTime) {
        runs.removeValue(forKey: ticket)?.ended(outcome, now: now)
    }

    // MARK: What is there

    /// Whether the version was refused, or removed by a command that came after it for certain and was answered before
    /// the given moment.
    private func isSurelyGone(_ job: JobModel, before moment: Int = .max) -> Bool {
        if job.fate == .refused { return true }
        guard let answered = job.answered else { return false }
        return (removalsOfName[job.name] ?? []).contains {
            $0.fate == .applied && $0.issued > answered && ($0.answered ?? .max) < moment
        }
    }

    /// Whether the version must be in the store: accepted, not finished, and removed by nothing.
    private func isSurelyAlive(_ job: JobModel) -> Bool {
        guard job.fate == .applied, !job.isFinished, job.answered != nil else { return false }
        return !(removalsOfName[job.name] ?? []).contains {
            $0.issued != job.issued && $0.fate != .refused && ($0.answered ?? .max) > job.issued
        }
    }

    /// Checks what a read of a name brought.
    func found(_ name: String, version: Int?) {
        let known = jobsOfName[name] ?? []
        if let version {
            guard let job = known.first(where: { $0.version == version }) else {
                return violation("\(name) holds version \(version), which is not its own")
            }
            if isSurelyGone(job) { violation("\(name) holds version \(version), which is gone") }
        }
        for job in known where job.version != version && isSurelyAlive(job) {
            violation(
                "\(name) should hold version \(job.version), and holds \(version.map(String.init) ?? "nothing")"
            )
        }
    }

    /// Checks, when all is well and time has passed, that a job in the store has fired for every tick that is due.
    func settled(_ name: String, version: Int?, now: WallTime) {
        found(name, version: version)
        guard let version, jobs.indices.contains(version) else { return }
        let job = jobs[version]
        if job.isSurelyFinished { violation("\(name) is finished, and still there") }
        if !job.isRunning, job.standing.earliest + .seconds(1) < now {
            violation("version \(version) of \(name) has not fired since \(job.standing.earliest)")
        }
    }
}
