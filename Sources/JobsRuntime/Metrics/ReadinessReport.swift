/// Whether the host does its work, judged by figures that nobody can argue with; a pure value.
///
/// What only the app can mend never counts: ticks that are held, wait for a free slot, are retried or catch up are shown
/// apart, so that a dead or slow app does not get its host restarted.
package struct ReadinessReport {
    /// One thing that must hold.
    private struct Check {
        let name: StaticString
        let isGood: Bool
        /// Further fields, as JSON: each with its name and a comma in front.
        let fields: String
    }

    private let checks: [Check]
    private let figures: JobFigures

    /// Judges `figures` by the budgets in `limits`.
    package init(_ figures: JobFigures, _ limits: JobLimits, isServing: Bool) {
        self.figures = figures
        let overdueBudget = Double(limits.readinessOverdueMilliseconds) / 1000
        let storeBudget = Double(limits.readinessStoreMilliseconds) / 1000
        let lagBudget = Double(limits.readinessLagMilliseconds) / 1000
        let isCommitting = figures.storeFault == nil && figures.oldestCommitSeconds <= storeBudget
        checks = [
            Check(name: "serving", isGood: isServing, fields: ""),
            Check(
                name: "store", isGood: isCommitting,
                fields: #","fault":\#(Self.quoted(figures.storeFault?.message))"#
                    + Self.figure("oldest_commit_seconds", figures.oldestCommitSeconds, storeBudget)),
            Check(
                name: "reads", isGood: figures.oldestReadSeconds <= storeBudget,
                fields: Self.figure("oldest_read_seconds", figures.oldestReadSeconds, storeBudget)),
            Check(
                name: "dispatch", isGood: figures.oldestUnsentSeconds <= overdueBudget,
                fields: Self.figure("oldest_overdue_seconds", figures.oldestUnsentSeconds, overdueBudget)),
            Check(
                name: "loop", isGood: figures.loopLagSeconds <= lagBudget,
                fields: Self.figure("lag_seconds", figures.loopLagSeconds, lagBudget)),
        ]
    }

    /// Whether all checks hold.
    package var isReady: Bool { checks.allSatisfy(\.isGood) }

    /// The report as JSON; the names of its fields are a promise.
    package var document: [UInt8] {
        let list = checks.map { #""\#($0.name)":{"ok":\#($0.isGood)\#($0.fields)}"# }
        let accepting = figures.routes.count { $0.isAccepting }
        let text =
            #"{"ready":\#(isReady),"checks":{\#(list.joined(separator: ","))},"#
            + #""receivers":{"accepting":\#(accepting),"routes":\#(figures.routes.count)},"#
            + #""apart":{"held":\#(figures.held),"waiting":\#(figures.waiting),"retrying":\#(figures.retrying),"#
            + #""catching_up":\#(figures.catchingUp),"unrouted":\#(figures.unrouted)}}"#
        return Array(text.utf8)
    }

    private static func figure(_ name: String, _ seconds: Double, _ budget: Double) -> String {
        #","\#(name)":\#(seconds),"budget_seconds":\#(budget)"#
    }

    private static func quoted(_ text: String?) -> String {
        guard let text else { return "null" }
        var bytes: [UInt8] = []
        JSONString.append(text, style: .go, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
