import JobsRuntime
import Reactor
import TestKit
import Testing

@Suite("Failure policies (contract, section 5.1), on a virtual clock")
struct FailurePolicyTests {
    /// What a job's failing app sees within `milliseconds`: when each attempt came.
    private static func attempts(
        _ fields: String, milliseconds: UInt64
    ) throws -> (harness: JobsHarness, receiver: RecordingReceiver) {
        let (harness, receiver) = try JobsHarness.recording()
        receiver.answer = { _ in .failed(reason: "no oil") }
        _ = try harness.schedule("a", "{\(fields)}")
        harness.advance(milliseconds: milliseconds)
        return (harness, receiver)
    }

    @Test(
        "unset, null and {} are constant, 1 s, 3 retries: four attempts in all",
        arguments: ["", #","failurePolicy":null"#, #","failurePolicy":{}"#])
    func standard(field: String) throws {
        let (harness, receiver) = try Self.attempts(#""dueTime":"1s"\#(field)"#, milliseconds: 60_000)
        #expect(receiver.milliseconds == [1000, 2000, 3000, 4000])
        #expect(harness.exists("a") == false)
    }

    @Test("drop spends a one-shot's tick at once, and the job is deleted")
    func dropOneShot() throws {
        let (harness, receiver) = try Self.attempts(
            #""dueTime":"1s","failurePolicy":{"drop":{}}"#, milliseconds: 60_000)
        #expect(receiver.milliseconds == [1000])
        #expect(receiver.deliveries.map(\.trigger.isLastAttempt) == [true])
        #expect(harness.exists("a") == false)
        #expect(harness.store.count == harness.emptyStoreKeys)
    }

    @Test("drop goes on to a recurring job's next tick, and the tick that was dropped counts")
    func dropRecurring() throws {
        let (harness, receiver) = try Self.attempts(
            #""schedule":"@every 10s","repeats":3,"failurePolicy":{"drop":{}}"#, milliseconds: 100_000)
        #expect(receiver.milliseconds == [10_000, 20_000, 30_000])
        #expect(receiver.deliveries.allSatisfy { $0.trigger.attempt == 1 })
        #expect(harness.exists("a") == false)
    }

    @Test("constant retries at the planned time + k x interval, up to maxRetries, then the tick is spent")
    func constant() throws {
        let (harness, receiver) = try Self.attempts(
            #""dueTime":"1s","failurePolicy":{"constant":{"interval":"0.25s","maxRetries":2}}"#,
            milliseconds: 60_000)
        #expect(receiver.milliseconds == [1000, 1250, 1500])
        #expect(receiver.deliveries.map(\.trigger.isLastAttempt) == [false, false, true])
        #expect(harness.exists("a") == false)
    }

    @Test("a recurring job whose tick was given up goes on with the next one")
    func constantRecurring() throws {
        let (_, receiver) = try Self.attempts(
            #""schedule":"@every 10s","repeats":2,"failurePolicy":{"constant":{"interval":"1s","maxRetries":1}}"#,
            milliseconds: 60_000)
        #expect(receiver.milliseconds == [10_000, 11_000, 20_000, 21_000])
    }

    @Test("maxRetries of 0 is no retry", arguments: [#""interval":"1s","maxRetries":0"#, #""maxRetries":0"#])
    func noRetry(fields: String) throws {
        let (harness, receiver) = try Self.attempts(
            #""dueTime":"1s","failurePolicy":{"constant":{\#(fields)}}"#, milliseconds: 60_000)
        #expect(receiver.milliseconds == [1000])
        #expect(harness.exists("a") == false)
    }

    @Test("an interval that is unset or 0 is a retry at once", arguments: ["", #""interval":"0s","#])
    func immediateRetry(field: String) throws {
        let (harness, receiver) = try Self.attempts(
            #""dueTime":"1s","failurePolicy":{"constant":{\#(field)"maxRetries":100}}"#, milliseconds: 1000)
        #expect(receiver.deliveries.count == 101)
        #expect(receiver.milliseconds.allSatisfy { $0 == 1000 })
        harness.advance(milliseconds: 20)
        #expect(harness.exists("a") == false)
    }

    @Test("maxRetries unset is a retry for ever")
    func endless() throws {
        let (harness, receiver) = try Self.attempts(
            #""dueTime":"1s","failurePolicy":{"constant":{"interval":"60s"}}"#, milliseconds: 86_401_000)
        #expect(receiver.milliseconds == (0...1440).map { 1000 + 60_000 * $0 })
        #expect(receiver.deliveries.allSatisfy { !$0.trigger.isLastAttempt })
        #expect(harness.exists("a") == true)
    }

    @Test("neither interval nor maxRetries: the host does not spin, and serves the jobs beside it")
    func hotLoop() throws {
        let (harness, receiver) = try JobsHarness.recording()
        receiver.slots = 1
        // A host that did spin would never get past this instant; here it fails instead.
        receiver.answer = { [unowned receiver] in
            $0.name == "hot" && receiver.deliveries.count < 5000 ? .failed(reason: "no oil") : .succeeded
        }
        _ = try harness.schedule("hot", #"{"dueTime":"0s","failurePolicy":{"constant":{}}}"#)
        _ = try harness.schedule("quiet", #"{"schedule":"@every 1s"}"#)
        harness.advance(milliseconds: 60_000)
        let hot = receiver.names.count { $0 == "hot" }
        let prompt = Int(FailurePolicy.promptRetries) + 1
        #expect(hot > prompt + 55 && hot <= prompt + 60, "\(hot) attempts")
        #expect(receiver.names.count { $0 == "quiet" } == 60)
        #expect(harness.exists("hot") == true)
    }

    @Test("a retry that is in time keeps its time, however many there were")
    func endlessInTime() throws {
        let (_, receiver) = try Self.attempts(
            #""dueTime":"1s","failurePolicy":{"constant":{"interval":"0.010s"}}"#, milliseconds: 6000)
        #expect(receiver.milliseconds == (0...500).map { 1000 + 10 * $0 })
    }

    @Test("retries are anchored to the planned time: a backlog is retried without waiting")
    func backlog() throws {
        let (harness, receiver) = try Self.attempts(#""dueTime":"-3600s""#, milliseconds: 50)
        #expect(receiver.deliveries.map(\.trigger.attempt) == [1, 2, 3, 4])
        #expect(harness.exists("a") == false)
    }

    @Test("while a tick is retried its later ticks wait, and then run back to back")
    func laterTicksWait() throws {
        let (harness, receiver) = try JobsHarness.recording()
        receiver.answer = {
            $0.plannedTime == JobsHarness.start + .seconds(1) ? .failed(reason: "x") : .succeeded
        }
        _ = try harness.schedule(
            "a",
            #"{"schedule":"@every 1s","repeats":4,"failurePolicy":{"constant":{"interval":"2s","maxRetries":2}}}"#
        )
        harness.advance(milliseconds: 60_000)
        // Ticks 2 to 4 were planned for 2, 3 and 4 s, and have waited.
        #expect(receiver.milliseconds == [1000, 3000, 5000, 5000, 5000, 5000])
        let planned = receiver.deliveries.map { $0.trigger.plannedTime - JobsHarness.start }
        #expect(planned == [1, 1, 1, 2, 3, 4].map { .seconds($0) })
    }

    @Test("policy and attempts survive a crash: the count goes on where it was")
    func attemptsSurvive() throws {
        let store = MemoryStore()
        let (before, failing) = try JobsHarness.recording(on: store)
        failing.answer = { _ in .failed(reason: "x") }
        _ = try before.schedule(
            "a", #"{"dueTime":"1s","failurePolicy":{"constant":{"interval":"10s","maxRetries":5}}}"#)
        before.advance(milliseconds: 12_000)
        before.crash()
        let (after, receiver) = try JobsHarness.recording(on: store, at: before.now)
        receiver.answer = { _ in .failed(reason: "x") }
        after.advance(milliseconds: 100_000)
        #expect(failing.deliveries.map(\.trigger.attempt) == [1, 2])
        #expect(receiver.deliveries.map(\.trigger.attempt) == [3, 4, 5, 6])
        #expect(receiver.milliseconds == [21_000, 31_000, 41_000, 51_000])
    }

    @Test("an overwrite brings its own policy")
    func overwrite() throws {
        let (harness, receiver) = try JobsHarness.recording()
        receiver.answer = { _ in .failed(reason: "x") }
        _ = try harness.schedule("a", #"{"dueTime":"1s"}"#)
        _ = try harness.schedule("a", #"{"dueTime":"1s","overwrite":true,"failurePolicy":{"drop":{}}}"#)
        harness.advance(milliseconds: 60_000)
        #expect(receiver.milliseconds == [1000])
    }
}

@Suite("The next step, as a value")
struct NextStepTests {
    private static let planned = JobsHarness.start

    private static func standing(attempts: UInt32) -> TickStanding {
        TickStanding(planned: planned, attempts: attempts, following: nil)
    }

    @Test("an endless policy neither overflows its count nor its time")
    func extremes() {
        let policy = FailurePolicy.constant(interval: .seconds(315_576_000_000), maximumRetries: nil)
        let step = Self.standing(attempts: .max).step(
            after: .failed(reason: "x"), policy: policy, now: Self.planned)
        guard case .retry(let time, let attempts) = step else {
            Issue.record("\(step)")
            return
        }
        #expect(attempts == .max)
        #expect(time > Self.planned)
    }

    @Test("a late retry waits only once there were many; one in time never does")
    func lateRetries() {
        let now = Self.planned + .seconds(3600)
        let endless = FailurePolicy.constant(interval: nil, maximumRetries: nil)
        let slow = FailurePolicy.constant(interval: .seconds(60), maximumRetries: nil)
        func time(_ attempts: UInt32, _ policy: FailurePolicy) -> WallTime? {
            let step = Self.standing(attempts: attempts).step(
                after: .failed(reason: "x"), policy: policy, now: now)
            guard case .retry(let time, _) = step else { return nil }
            return time
        }
        #expect(time(FailurePolicy.promptRetries - 1, endless) == Self.planned)
        #expect(time(FailurePolicy.promptRetries, endless) == now + .seconds(1))
        #expect(time(FailurePolicy.promptRetries, slow) == Self.planned + .seconds(6060))
    }
}
