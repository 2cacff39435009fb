internal import Glibc

/// The demo: jobs are scheduled over real sockets, fire, and fire even though their host was killed.
///
/// Two acts on one fresh folder, each step checked; the first that did not happen ends the story with an error. The
/// host runs in a process of its own, requests are sent by `curl`, and what is printed is what was sent and answered.
struct Story {
    /// So long may it take in all.
    static let limit = Duration.seconds(14)

    private let folder: StoryFolder
    private let start = ContinuousClock.now
    private var latest = Milliseconds(.zero)

    /// Plays all of it.
    ///
    /// Blocks; on the main thread, before any other has been started.
    static func play() throws(StoryFailure) {
        Interruption.hold()
        var story = Story(folder: try StoryFolder())
        let host = try story.firstAct()
        try story.secondAct(host)
        let passed = Milliseconds(ContinuousClock.now - story.start)
        Narrator.heading("All of it happened, in \(passed.inSeconds).")
        Narrator.say("3 jobs fired once each, none early, the latest by \(story.latest). bb-8 never did.")
    }

    // MARK: Acts

    private mutating func firstAct() throws(StoryFailure) -> StoryHost {
        Narrator.heading("First act: three jobs over HTTP")
        let host = try startHost()
        let r2d2 = try schedule(.r2d2, at: host)
        let c3po = try schedule(.c3po, at: host)
        _ = try schedule(.bb8, at: host)

        Narrator.heading("One of them is not wanted after all")
        try ask(.delete("bb-8", at: host.address), status: 204, body: "")
        try ask(.get("bb-8", at: host.address), status: 500, body: StoryJob.bb8.notFound)

        Narrator.heading("The others fall due")
        try watch(r2d2, on: host)
        try watch(c3po, on: host)
        return host
    }

    private mutating func secondAct(_ first: StoryHost) throws(StoryFailure) {
        Narrator.heading("Second act: the host is killed before a job is due")
        let job = try schedule(.k2so, at: first)
        Narrator.command("kill -9 \(first.id)")
        let (end, lines) = try first.end(with: SIGKILL)
        let left = job.earliest - ContinuousClock.now
        guard end == .signal(SIGKILL) else { throw StoryFailure("SIGKILL did not end the host, but \(end)") }
        guard lines.isEmpty, left > .zero else {
            throw StoryFailure("the host was not killed before k-2so was due")
        }
        Narrator.answer("SIGKILL ended it, \(Milliseconds(left).inSeconds) before k-2so is due")

        let second = try startHost()
        try watch(job, on: second)
        try stop(second)
    }

    /// Stops the host as a person does; nothing but what was watched may have been printed by then.
    private func stop(_ host: StoryHost) throws(StoryFailure) {
        let (end, lines) = try host.end(with: SIGINT)
        guard lines.isEmpty else { throw StoryFailure("the host printed more than it should: \(lines)") }
        guard end == .status(0) else { throw StoryFailure("the host did not stop in order, but with \(end)") }
        Narrator.say("Ctrl-C: the host stops in order, with exit status 0.")
    }

    // MARK: Steps

    private func startHost() throws(StoryFailure) -> StoryHost {
        Narrator.command("DemoHost --data \(folder.path) --port 0")
        let host = try StoryHost(folder: folder.path, deadline: start + Self.limit)
        Narrator.answer("the jobs API listens on \(host.address)")
        return host
    }

    /// Schedules a job, and reads it back.
    private func schedule(_ job: StoryJob, at host: StoryHost) throws(StoryFailure) -> Scheduled {
        let asked = ContinuousClock.now
        try ask(.schedule(job.name, job.request, at: host.address), status: 204, body: "")
        try ask(.get(job.name, at: host.address), status: 200, body: job.document)
        return Scheduled(job: job, earliest: asked + job.delay)
    }

    private func ask(_ request: Curl, status: Int, body: String) throws(StoryFailure) {
        Narrator.command(request.commandLine)
        let answer = try request.send()
        Narrator.answer("\(answer.statusLine)")
        if !answer.body.isEmpty { Narrator.answer(answer.body) }
        guard answer.status == status, answer.body == body else {
            throw StoryFailure("'\(request.commandLine)' should be answered with \(status) and '\(body)'")
        }
    }

    /// Waits for a job, which must be the next that fires: not before its time, and with all that it prints.
    private mutating func watch(_ scheduled: Scheduled, on host: StoryHost) throws(StoryFailure) {
        let name = scheduled.job.name
        guard let first = try host.nextLine() else {
            throw StoryFailure("the host ended before \(name) fired")
        }
        guard let firing = Firing(first.text), firing.name == name else {
            throw StoryFailure("\(name) should have fired, but the host printed '\(first.text)'")
        }
        Narrator.say(first.text)
        for expected in scheduled.job.lines {
            let line = try host.nextLine()?.text
            guard line == expected else {
                throw StoryFailure("'\(expected)' should follow, but '\(line ?? "the end")' did")
            }
            Narrator.answer(expected)
        }
        guard !firing.lateness.isNegative, first.arrival >= scheduled.earliest else {
            throw StoryFailure("\(name) fired before its time")
        }
        latest = max(latest, firing.lateness)
    }

    /// A job that was acknowledged, and the instant before which it must not fire.
    private struct Scheduled {
        let job: StoryJob
        let earliest: ContinuousClock.Instant
    }
}

/// What `LatenessHandler` printed: which job fired, and how late.
private struct Firing {
    let name: Substring
    let lateness: Milliseconds

    init?(_ line: String) {
        guard let middle = line.firstRange(of: " fired "), line.hasSuffix(" late"),
            let lateness = Milliseconds(line[middle.upperBound...].dropLast(" late".count))
        else { return nil }
        name = line[..<middle.lowerBound]
        self.lateness = lateness
    }
}
