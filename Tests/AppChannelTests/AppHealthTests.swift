import AppChannel
import JobsRuntime
import Reactor
import TestKit
import Testing

@Suite("App health checks (contract, section 5.6)")
struct AppHealthTests {
    private static let path = "/healthz"

    /// What the app says of itself.
    private final class Mood {
        var answer: ScriptedApp.Reply
        init(_ answer: ScriptedApp.Reply) { self.answer = answer }
    }

    /// A channel with the check on, and an app whose health a test can change.
    private final class Patient {
        let harness: AppHarness
        private let mood: Mood

        init(
            answer: ScriptedApp.Reply = .status(200), trigger: ScriptedApp.Reply = .status(200),
            _ configure: (inout AppHealthCheck) -> Void = { _ in }
        ) throws {
            let mood = Mood(answer)
            self.mood = mood
            var check = AppHealthCheck()
            configure(&check)
            harness = try AppHarness {
                $0.health = check
            } reply: {
                $0.line.hasPrefix("GET \(AppHealthTests.path) ") ? mood.answer : trigger
            }
        }

        var answer: ScriptedApp.Reply {
            get { mood.answer }
            set { mood.answer = newValue }
        }

        var isAccepting: Bool { harness.receiver.isAccepting }
    }

    @Test("off by default: the app is never asked")
    func off() throws {
        let harness = try AppHarness()
        harness.advance(60_000)
        #expect(harness.app.times(Self.path).isEmpty)
        #expect(harness.receiver.isAccepting)
    }

    @Test("the app is asked every 5 s at /healthz, 500 ms long, and three failures make it unhealthy")
    func defaults() throws {
        let check = AppHealthCheck()
        #expect(check.path == "/healthz")
        #expect(check.interval == .seconds(5))
        #expect(check.timeout == .milliseconds(500))
        #expect(check.threshold == 3)
        let patient = try Patient()
        patient.harness.advance(20_000)
        #expect(patient.harness.app.times(Self.path) == [0, 5000, 10_000, 15_000, 20_000])
        #expect(patient.harness.app.calls.contains { $0.line == "GET /healthz HTTP/1.1" })
    }

    @Test(
        "path and interval are what they are set to, with or without a slash", arguments: ["/well", "well"])
    func settings(path: String) throws {
        let harness = try AppHarness {
            var check = AppHealthCheck()
            check.path = path
            check.interval = .seconds(1)
            $0.health = check
        }
        harness.advance(2000)
        #expect(harness.app.times("/well") == [0, 1000, 2000])
    }

    @Test("an app starts unhealthy, and its jobs are held until one answer of 2xx")
    func startsUnhealthy() throws {
        let patient = try Patient(answer: .status(503))
        try patient.harness.schedule("a")
        patient.harness.advance(12_000)
        #expect(!patient.isAccepting)
        #expect(patient.harness.triggers("a").isEmpty)
        #expect(patient.harness.jobs.exists("a") == true)
        patient.answer = .status(204)
        patient.harness.advance(3000)
        #expect(patient.harness.triggers("a") == [15_000])
        #expect(patient.harness.app.calls.last?.fields.contains("mainspring-attempt: 1") == true)
        #expect(patient.harness.count("info: App entered healthy status") == 1)
    }

    @Test(
        "any failure counts: another status, silence past the timeout, a broken connection",
        arguments: [ScriptedApp.Reply.status(302), .status(404), .status(500), .silence, .hangUp])
    func failures(reply: ScriptedApp.Reply) throws {
        let patient = try Patient()
        patient.harness.advance(1000)
        #expect(patient.isAccepting)
        patient.answer = reply
        // The third failure in a row is that of second 15, and silence is known half a second later.
        patient.harness.advance(13_999)
        #expect(patient.isAccepting)
        patient.harness.advance(501)
        #expect(!patient.isAccepting)
        #expect(patient.harness.count("warning: App entered un-healthy status") == 1)
    }

    @Test("while it is unhealthy jobs are held without an attempt, and one success lets them go")
    func unhealthyHolds() throws {
        let patient = try Patient { $0.threshold = 1 }
        patient.harness.advance(1000)
        patient.answer = .status(500)
        patient.harness.advance(5000)
        for index in 0..<50 { try patient.harness.schedule("job-\(index)") }
        patient.harness.advance(600_000)
        #expect(patient.harness.app.calls.allSatisfy { !$0.line.hasPrefix("POST") })
        // A liveness probe must not restart the host for it.
        #expect(patient.harness.jobs.jobs.notReady.isEmpty)
        patient.answer = .status(200)
        patient.harness.advance(5000)
        let triggers = patient.harness.app.calls.filter { $0.line.hasPrefix("POST") }
        #expect(triggers.count == 50)
        #expect(triggers.allSatisfy { $0.fields.contains("mainspring-attempt: 1") })
    }

    @Test("a trigger that is out when the app becomes unhealthy is waited for")
    func triggerUnderWay() throws {
        let patient = try Patient(trigger: .silence) { $0.threshold = 1 }
        try patient.harness.schedule("a", #"{"dueTime":"0s"}"#)
        patient.harness.advance(1000)
        patient.answer = .status(500)
        patient.harness.advance(60_000)
        #expect(patient.harness.triggers("a").count == 1)
        #expect(patient.harness.outcomes("failed") == 0)
    }

    @Test("an app that comes back after its port was closed is unhealthy until it says otherwise")
    func restart() throws {
        let patient = try Patient()
        patient.harness.advance(1000)
        // No connection is left that a trigger could use.
        patient.harness.app.endAll()
        patient.harness.app.isListening = false
        try patient.harness.schedule("a")
        patient.harness.advance(1000)
        #expect(!patient.isAccepting)
        // Meanwhile its port is tried, and nothing else.
        let tries = patient.harness.app.dials.count
        patient.harness.advance(60_000)
        #expect(patient.harness.app.dials.count == tries + 600)
        patient.answer = .status(500)
        patient.harness.app.isListening = true
        patient.harness.advance(1000)
        #expect(patient.harness.triggers("a").isEmpty)
        patient.answer = .status(200)
        patient.harness.advance(5000)
        #expect(patient.harness.triggers("a").count == 1)
    }

    @Test("there is one question at a time, though the app comes and goes while it is out")
    func oneQuestion() throws {
        let patient = try Patient { $0.threshold = 1 }
        patient.harness.advance(4900)
        patient.answer = .silence
        patient.harness.advance(200)
        // Out since second 5. The port closes, and opens again before the question is given up.
        let closing = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        patient.harness.app.reply = { $0.line.hasPrefix("POST") ? .text(closing) : .silence }
        for name in ["a", "b", "c"] { try patient.harness.schedule(name) }
        patient.harness.advance(10)
        patient.harness.app.isListening = false
        for name in ["d", "e", "f"] { try patient.harness.schedule(name) }
        patient.harness.advance(50)
        #expect(!patient.isAccepting)
        patient.harness.app.isListening = true
        patient.harness.advance(200)
        #expect(patient.harness.app.times(Self.path) == [0, 5000])
        patient.harness.advance(300)
        #expect(patient.harness.app.times(Self.path) == [0, 5000, 5500])
    }

    @Test("a timeout as long as the interval loses no question")
    func longTimeout() throws {
        let patient = try Patient {
            $0.interval = .seconds(1)
            $0.timeout = .seconds(1)
            $0.threshold = 3
        }
        patient.harness.advance(500)
        patient.answer = .silence
        patient.harness.advance(3499)
        #expect(patient.isAccepting)
        patient.harness.advance(10)
        #expect(!patient.isAccepting)
        patient.answer = .status(200)
        patient.harness.advance(2000)
        #expect(patient.isAccepting)
    }

    @Test("what cannot be asked is refused, and the reason named")
    func refusals() {
        func refusal(_ change: (inout AppHealthCheck) -> Void) -> String? {
            var check = AppHealthCheck()
            change(&check)
            return #expect(throws: AppChannelError.self) { try check.check() }?.description
        }
        #expect(refusal { $0.timeout = .seconds(6) }?.contains("must not exceed the interval") == true)
        #expect(refusal { $0.interval = .zero }?.contains("more than 0") == true)
        #expect(refusal { $0.threshold = 0 }?.contains("threshold") == true)
        #expect(refusal { $0.path = "/a b" }?.contains("\"/a b\"") == true)
        #expect(refusal { $0.path = "" }?.contains("path") == true)
    }
}

@Suite("Whether an app counts as healthy, as a value")
struct AppHealthMachineTests {
    @Test("one success makes healthy, and only failures in a row make unhealthy")
    func sequence() {
        var machine = AppHealthMachine(threshold: 3)
        #expect(!machine.isHealthy)
        // What each answer changes: `+` is a success, `-` a failure.
        let answers = "-+++--+--+--" + "-" + "--" + "+"
        let changes = answers.map { $0 == "+" ? machine.succeeded() : machine.failed() }
        #expect(changes == [false, true] + Array(repeating: false, count: 10) + [true, false, false, true])
        #expect(machine.isHealthy)
        machine.reset()
        #expect(!machine.isHealthy)
    }
}
