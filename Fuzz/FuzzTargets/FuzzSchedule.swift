internal import JobsRuntime
internal import Reactor

private let now = WallTime(seconds: 1_795_521_600, nanoseconds: 250_000_000)

/// A schedule is refused with words, or its ticks go up from any instant, and each follows from the one before.
func fuzzSchedule(_ text: String) {
    do throws(GrammarFault) {
        let schedule = try Schedule(text)
        var tick = now
        for _ in 0..<4 {
            guard let next = schedule.next(after: tick) else { break }
            precondition(next > tick, "\(text) does not go on after \(tick)")
            precondition(next <= Schedule.endOfTime, "\(text) goes past the year 9999")
            // Nothing lies between: from just before it the same tick follows.
            if schedule.interval == nil {
                let justBefore = next + .nanoseconds(-1)
                precondition(
                    schedule.next(after: max(tick, justBefore)) == next, "\(text) skips \(next)")
            }
            tick = next
        }
        for edge in [
            Schedule.startOfTime, Schedule.endOfTime, WallTime(seconds: .min), WallTime(seconds: .max),
        ] {
            if let next = schedule.next(after: edge) { precondition(next > edge, "\(text) goes back") }
        }
    } catch {
        precondition(!error.message.isEmpty, "a refusal says why")
    }
}

/// A plan is refused with words, or its first tick is not past its expiry and its last one neither.
///
/// The input is `schedule`, `dueTime` and `ttl`, a line each; an empty line is a field that was not given.
func fuzzPlan(_ input: [UInt8]) {
    let lines = input.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
        $0.isEmpty ? nil : String(decoding: $0, as: UTF8.self)
    }
    func line(_ index: Int) -> String? { index < lines.count ? lines[index] : nil }
    let request = TickPlan.Request(schedule: line(0), dueTime: line(1), ttl: line(2))
    do throws(GrammarFault) {
        let plan = try TickPlan(request, acceptedAt: now)
        precondition(plan.firstDue <= Schedule.endOfTime, "the first tick lies past the year 9999")
        guard let expiry = plan.expiry else { return }
        precondition(plan.firstDue <= expiry, "the first tick lies past the expiry")
        guard let second = plan.next(after: plan.firstDue, spent: 1) else { return }
        precondition(second > plan.firstDue && second <= expiry, "the second tick lies past the expiry")
    } catch {
        precondition(!error.message.isEmpty, "a refusal says why")
    }
}
