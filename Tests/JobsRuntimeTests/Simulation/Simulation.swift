import JobsRuntime
import Reactor
import TestKit

/// One seeded run of an app's jobs through everything that can happen to them, watched by an oracle.
///
/// Random steps on a virtual clock, then a cure: no faults, every receiver accepts, every run succeeds. What is in the
/// store must fire then, and nothing may be left once all is deleted.
final class Simulation {
    private static let prefixes = ["a-", "b-", ""]

    let store = MemoryStore()
    let oracle: SimulationOracle
    /// What happened, a line each: the same for the same seed.
    private(set) var trace: [String] = []
    private var random: SeededGenerator
    private let limits: JobLimits
    private let names: [String]
    private var harness: JobsHarness
    private var receivers: [SimulatedReceiver] = []
    private var open: [(receiver: SimulatedReceiver, ticket: RunTicket)] = []
    private var stale: [(receiver: SimulatedReceiver, ticket: RunTicket)] = []
    private var isCured = false
    private let start: WallTime

    init(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        limits = Self.limits(&random)
        names = (0..<Int.random(in: 4...24, using: &random)).map { "\(["a-", "b-", "c-"][$0 % 3])\($0)" }
        harness = try JobsHarness(store: store, seed: random.next(), limits: limits)
        start = harness.now
        oracle = SimulationOracle(at: harness.now)
        self.random = random
    }

    private static func limits(_ random: inout SeededGenerator) -> JobLimits {
        var limits = JobLimits()
        limits.windowJobs = .random(in: 4...32, using: &random)
        limits.refillJobs = .random(in: 2...8, using: &random)
        limits.readyJobsPerRoute = .random(in: 2...8, using: &random)
        limits.maximumUnsettledResults = .random(in: 1...4, using: &random)
        limits.maximumQueuedCommands = .random(in: 2...12, using: &random)
        limits.maximumRefillLog = .random(in: 2...40, using: &random)
        limits.keysRemovedPerMark = .random(in: 1...30, using: &random)
        limits.windowSeconds = .random(in: 4...60, using: &random)
        return limits
    }

    // MARK: The run

    /// Runs `steps` random steps, the cure and the end.
    func run(steps: Int) throws {
        for prefix in Self.prefixes where chance(60) { addRoute(prefix) }
        harness.begin()
        for _ in 0..<steps { try step() }
        try cure()
        try end()
    }

    private func step() throws {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<26: try schedule()
        case 26..<34: delete(names.randomElement(using: &random) ?? "")
        case 34..<39: check()
        case 39..<45: advance(upTo: 50)
        case 45..<58: advance(upTo: 3000)
        case 58..<60: advance(upTo: 40_000)
        case 60..<66: changeMood()
        case 66..<78: finishOne()
        case 78..<80: finishAgain()
        case 80..<82: addMissingRoute()
        case 82..<84: stepWall()
        case 84..<88: setFault()
        case 88..<96: pause()
        default: try crash()
        }
    }

    /// Makes all well and lets time pass until everything that is due must have fired.
    private func cure() throws {
        note("cure")
        isCured = true
        store.fault = nil
        for worker in ["store-writer", "store-reader"] { harness.driver.setWorker(worker, isPaused: false) }
        for prefix in Self.prefixes where !receivers.contains(where: { $0.name == prefix }) {
            addRoute(prefix)
        }
        onLoop { for receiver in receivers { receiver.become(accepting: true, slots: 16) } }
        while let run = open.popLast() { finish(run, .succeeded) }
        harness.advance(milliseconds: 100_000)
        oracle.sawWall(harness.now)
        for name in names { oracle.settled(name, version: version(of: name), now: harness.now) }
    }

    /// Deletes everything; the store must be as empty as on its first day.
    private func end() throws {
        for name in names {
            delete(name)
            harness.advance(milliseconds: 1)
        }
        harness.advance(milliseconds: 100_000)
        let left = try store.keys().filter { $0.first != UInt8(ascii: "m") && $0.first != UInt8(ascii: "w") }
        if !left.isEmpty { oracle.violation("\(left.count) keys are left when every job is deleted") }
        if harness.windowCount != 0 { oracle.violation("\(harness.windowCount) jobs are left in the window") }
        note("end")
    }

    // MARK: Steps

    private func schedule() throws {
        let name = names.randomElement(using: &random) ?? ""
        let delay: Int64 =
            switch Int.random(in: 0..<10, using: &random) {
            case 0: .random(in: -20_000...0, using: &random)
            case 1...6: .random(in: 0...4000, using: &random)
            case 7...8: 1000 * .random(in: 0...9, using: &random)
            default: .random(in: 0...90_000, using: &random)
            }
        var draft = SimulatedDraft(delay: delay, interval: nil, repeats: nil, overwrite: chance(35))
        if chance(50) {
            draft.interval = [700, 1000, 2500, 11_000].randomElement(using: &random)
            if chance(60) { draft.repeats = .random(in: 1...5, using: &random) }
        }
        if chance(40) { draft.policy = policy() }
        let (version, answer) = oracle.scheduling(name, draft, now: harness.now)
        note("schedule \(name) \(version) \(draft)")
        try harness.schedule(name, draft.body(version: version)) { [self] in
            note("\(version): \($0)")
            answer($0)
        }
    }

    private func delete(_ name: String) {
        note("delete \(name)")
        let answer = oracle.deleting(name)
        onLoop {
            harness.jobs.delete(Array(name.utf8)) { [self] in
                note("delete \(name): \($0)")
                answer($0)
            }
        }
    }

    private func check() {
        let name = names.randomElement(using: &random) ?? ""
        guard harness.jobs.fault == nil, store.fault == nil else { return }
        oracle.found(name, version: version(of: name))
    }

    private func advance(upTo limit: UInt64) {
        harness.advance(milliseconds: .random(in: 0...limit, using: &random))
        oracle.sawWall(harness.now)
    }

    private func changeMood() {
        guard let receiver = receivers.randomElement(using: &random) else { return }
        let accepting = chance(60)
        let slots = Int.random(in: 0...4, using: &random)
        note("\(receiver.name) \(accepting) \(slots)")
        onLoop { receiver.become(accepting: accepting, slots: slots) }
    }

    private func finishOne() {
        guard !open.isEmpty else { return }
        let run = open.remove(at: .random(in: 0..<open.count, using: &random))
        finish(run, outcome())
        stale.append(run)
    }

    private func finishAgain() {
        guard let run = stale.randomElement(using: &random) else { return }
        note("finish \(run.ticket) again")
        onLoop { run.receiver.finish(run.ticket, outcome()) }
    }

    private func addMissingRoute() {
        let missing = Self.prefixes.filter { prefix in !receivers.contains { $0.name == prefix } }
        if let prefix = missing.randomElement(using: &random) { addRoute(prefix) }
    }

    private func stepWall() {
        let step = Int64.random(in: -15_000...40_000, using: &random)
        note("step the clock by \(step)")
        harness.driver.stepWallClock(to: harness.now + .milliseconds(step))
        oracle.sawWall(harness.now)
    }

    private func setFault() {
        guard store.fault == nil, chance(60) else {
            note("mended")
            return store.fault = nil
        }
        let moment: MemoryStore.Fault.Moment = chance(50) ? .beforeWriting : .afterWriting
        note("fault \(moment)")
        store.fault = .init(StoreError(code: .full, message: "the disk is full"), moment)
    }

    private func pause() {
        let worker = chance(60) ? "store-writer" : "store-reader"
        let isPaused = chance(50)
        note("\(worker) \(isPaused)")
        harness.driver.setWorker(worker, isPaused: isPaused)
    }

    private func crash() throws {
        note("crash")
        harness.crash()
        oracle.crashed()
        open = []
        stale = []
        receivers = []
        store.fault = nil
        try store.reopen()
        harness = try JobsHarness(store: store, seed: random.next(), at: harness.now, limits: limits)
        for prefix in Self.prefixes where chance(60) { addRoute(prefix) }
        harness.begin()
    }

    // MARK: Receivers

    private func addRoute(_ prefix: String) {
        let receiver = SimulatedReceiver(
            name: prefix, slots: .random(in: 1...4, using: &random), isAccepting: isCured || chance(80)
        ) { [unowned self] in delivered($0, $1, $2) }
        note("route \(prefix)")
        receivers.append(receiver)
        harness.route(prefix, to: receiver)
    }

    private func delivered(_ receiver: SimulatedReceiver, _ trigger: JobTrigger, _ ticket: RunTicket) {
        note("run \(ticket) \(trigger.name) \(trigger.runID) attempt \(trigger.attempt)")
        oracle.sawWall(harness.now)
        oracle.began(trigger, ticket)
        if !receiver.isAccepting {
            oracle.violation("\(trigger.name) was given to a receiver that is not accepting")
        }
        if !isCured, chance(60) { return open.append((receiver, ticket)) }
        let outcome = isCured ? .succeeded : outcome()
        note("\(ticket) \(outcome)")
        oracle.ended(ticket, outcome, now: harness.now)
        receiver.finish(ticket, outcome)
    }

    private func finish(_ run: (receiver: SimulatedReceiver, ticket: RunTicket), _ outcome: TriggerOutcome) {
        note("\(run.ticket) \(outcome)")
        onLoop {
            oracle.ended(run.ticket, outcome, now: harness.now)
            run.receiver.finish(run.ticket, outcome)
        }
    }

    private func outcome() -> TriggerOutcome {
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<10: .succeeded
        case 10..<15: .failed(reason: "x")
        case 15..<17: .snoozed(.milliseconds(Int64.random(in: 0...5000, using: &random)))
        case 17: .cancelled(reason: "x")
        default: .undeliverable
        }
    }

    private func policy() -> SimulatedPolicy {
        if chance(30) { return .drop }
        return .constant(
            interval: [0, 1, 250, 1000, 7003].randomElement(using: &random) ?? 0,
            retries: chance(20) ? nil : .random(in: 0...6, using: &random))
    }

    // MARK: Helpers

    private func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    private func onLoop(_ body: () -> Void) { harness.driver.onLoop(body) }

    private func note(_ line: String) {
        trace.append("\(harness.now.millisecondsSinceEpoch - start.millisecondsSinceEpoch) \(line)")
    }

    /// Which version of a name the store holds.
    private func version(of name: String) -> Int? {
        var version: Int?
        onLoop {
            harness.jobs.get(Array(name.utf8)) {
                if case .found(let spec) = $0 {
                    version = spec.data.flatMap { Int(String(decoding: $0, as: UTF8.self)) }
                }
            }
        }
        return version
    }
}
