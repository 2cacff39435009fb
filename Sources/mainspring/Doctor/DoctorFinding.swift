/// One line of `mainspring doctor`: what was looked at, how it is, and what to do.
struct Finding {
    enum Verdict: String {
        /// As it should be.
        case ok
        /// A host runs, but not as well as it could.
        case warning
        /// A host does not start, or its jobs do not get through.
        case problem
    }

    let check: String
    let verdict: Verdict
    let found: String
    /// What mends it; `nil` when there is nothing to mend.
    let mend: String?

    static func ok(_ check: String, _ found: String) -> Finding {
        Finding(check: check, verdict: .ok, found: found, mend: nil)
    }

    static func warning(_ check: String, _ found: String, mend: String) -> Finding {
        Finding(check: check, verdict: .warning, found: found, mend: mend)
    }

    static func problem(_ check: String, _ found: String, mend: String) -> Finding {
        Finding(check: check, verdict: .problem, found: found, mend: mend)
    }

    /// Lines for a person.
    static func table(_ findings: [Finding]) -> String {
        let width = findings.map(\.check.count).max() ?? 0
        return findings.map { finding in
            "\(finding.verdict.rawValue.padded(to: 7))  \(finding.check.padded(to: width))  \(finding.found)"
                + (finding.mend.map { ": \($0)" } ?? "")
        }.joined(separator: "\n")
    }

    /// A JSON array of objects, one a line.
    static func json(_ findings: [Finding]) -> String {
        let objects = findings.map { finding in
            "{\"check\":\(JSONText.quote(finding.check)),\"verdict\":\"\(finding.verdict.rawValue)\","
                + "\"found\":\(JSONText.quote(finding.found)),"
                + "\"mend\":\(finding.mend.map(JSONText.quote) ?? "null")}"
        }
        return "[\n" + objects.joined(separator: ",\n") + "\n]"
    }
}
