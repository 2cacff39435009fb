internal import Reactor

/// A page of jobs as `GET /mainspring/v1/jobs` shows it.
struct JobListDocument {
    private var bytes = Array(#"{"jobs":["#.utf8)
    private var isEmpty = true

    /// Adds a job: what was submitted, then how it stands.
    mutating func add(_ job: ListedJob, _ standing: JobStanding, _ progress: ProgressRecord?) {
        if !isEmpty { bytes.append(UInt8(ascii: ",")) }
        isEmpty = false
        bytes.append(contentsOf: #"{"name":"#.utf8)
        JSONString.append(job.name.span, style: .protobuf, to: &bytes)
        add("state", standing.rawValue)
        switch job.records {
        case .success(let records): add(records.spec, progress ?? records.progress)
        case .failure(let error): add("error", error.message)
        case nil: break
        }
        bytes.append(UInt8(ascii: "}"))
    }

    /// The document, with where the next page begins if there is one.
    func finished(cursor: String?) -> [UInt8] {
        var bytes = bytes
        bytes.append(UInt8(ascii: "]"))
        if let cursor { bytes.append(contentsOf: #","cursor":"\#(cursor)""#.utf8) }
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    private mutating func add(_ spec: SpecRecord, _ progress: ProgressRecord) {
        add("next", RFC3339.text(progress.planned))
        if progress.isRetry { add("nextAttempt", RFC3339.text(progress.due)) }
        bytes.append(
            contentsOf: #","ticks":\#(progress.count),"attempts":\#(progress.attempts)"#.utf8)
        add("schedule", spec.schedule)
        if let repeats = spec.repeats { bytes.append(contentsOf: #","repeats":\#(repeats)"#.utf8) }
        add("dueTime", spec.dueTime)
        add("ttl", spec.ttl)
        if let data = spec.data {
            bytes.append(contentsOf: #","data":"#.utf8)
            bytes.append(contentsOf: data)
        }
        JobDocument.write(spec.failurePolicy, to: &bytes)
    }

    private mutating func add(_ field: StaticString, _ text: String?) {
        guard let text else { return }
        bytes.append(contentsOf: ",\"\(field)\":".utf8)
        JSONString.append(text, style: .protobuf, to: &bytes)
    }
}
