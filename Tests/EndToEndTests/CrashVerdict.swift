import JobsRuntime
import Reactor
import TestKit

/// What became of the jobs of a crash test, and what should not have.
struct CrashVerdict: CustomStringConvertible {
    private(set) var asked = 0
    private(set) var fired = 0
    private(set) var kept = 0
    private(set) var removed = 0
    private(set) var repeatedTriggers = 0
    private(set) var complaintCount = 0
    /// The first few.
    private(set) var complaints: [String] = []

    var description: String {
        "crash test: \(asked) jobs asked for; of those acknowledged \(fired) fired, \(kept) are kept and \(removed) were "
            + "removed; \(repeatedTriggers) triggers came again after a kill"
    }

    private mutating func check(_ isRight: Bool, _ complaint: @autoclosure () -> String) {
        if isRight { return }
        complaintCount += 1
        if complaints.count < 20 { complaints.append(complaint()) }
    }

    /// Waits until everything acknowledged that is due has fired, and looks whether the rest is there.
    mutating func settle(_ jobs: [CrashLoad.Job], app: AppSink, host: HostProcess) throws {
        let connection = try host.connect()
        asked = jobs.count
        for job in jobs where job.isAcknowledged {
            switch job.kind {
            case .soon, .repeated:
                // A job goes when its last tick has fired and its result is on disk, and not before.
                try host.keepTrying("'\(job.name)' is done", by: .seconds(60)) {
                    try !connection.has(job.name)
                }
                check(app.count(of: job.name) > 0, "'\(job.name)' was acknowledged and never fired")
                fired += 1
            case .far:
                check(try connection.has(job.name), "'\(job.name)' was acknowledged and is lost")
                kept += 1
            case .removed:
                check(
                    try !connection.has(job.name), "the removal of '\(job.name)' was acknowledged and is lost"
                )
                removed += 1
            case .perhapsRemoved: break
            }
        }
    }

    /// Judges each call: late or in time, and each tick under a run id of its own.
    mutating func judge(_ jobs: [CrashLoad.Job], by calls: [AppSink.Call]) {
        let callsByJob = Dictionary(grouping: calls, by: { $0.job ?? "" })
        for job in jobs {
            let calls = callsByJob[job.name] ?? []
            let runIDs = Set(calls.map(\.runID))
            repeatedTriggers += calls.count - runIDs.count
            check(
                runIDs.count == Set(calls.map(\.plannedTime)).count,
                "'\(job.name)': run ids do not name its ticks")
            switch job.kind {
            case .far, .removed, .perhapsRemoved:
                check(calls.isEmpty, "'\(job.name)' is due in an hour and was fired")
            case .soon:
                check(runIDs.count <= 1, "'\(job.name)' has one tick, and \(runIDs.count) fired")
            case .repeated(let times):
                let isRight = job.isAcknowledged ? runIDs.count == times : runIDs.count <= times
                check(isRight, "'\(job.name)' has \(times) ticks, and \(runIDs.count) fired")
            }
            for call in calls { judge(call, of: job) }
        }
    }

    private mutating func judge(_ call: AppSink.Call, of job: CrashLoad.Job) {
        let arrival = WallTime(nanosecondsSince1970: call.nanosecondsSince1970)
        let earliest = WallTime(nanosecondsSince1970: job.earliestDue)
        check(arrival >= earliest, "'\(job.name)' was fired before it could be due: \(arrival) < \(earliest)")
        if let planned = call.plannedTime.flatMap(RFC3339.instant) {
            check(arrival >= planned, "'\(job.name)' was fired early: \(arrival) < \(planned)")
        } else {
            check(false, "'\(job.name)' came without a planned time: \(call.plannedTime ?? "")")
        }
    }
}
