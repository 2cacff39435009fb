import AppChannel
import JobsRuntime
import Reactor
import TestKit
import Testing

@Suite("What counts as what (contract, section 5.2)")
struct AnswerTests {
    @Test("2xx is success: one call, and the job is gone", arguments: [200, 201, 202, 204, 299])
    func success(status: Int) throws {
        let harness = try Self.answering(.status(status))
        harness.advance(10_000)
        #expect(harness.triggers("a").count == 1)
        #expect(harness.jobs.exists("a") == false)
        #expect(harness.outcomes("succeeded") == 1)
    }

    @Test("404 is success to the schedule, and the log says that it is not tried again")
    func notFound() throws {
        let harness = try Self.answering(.status(404))
        harness.advance(10_000)
        #expect(harness.triggers("a").count == 1)
        #expect(harness.jobs.exists("a") == false)
        #expect(
            harness.log.lines.contains(
                "error: non-retriable error returned from app while processing triggered job a. status code returned: 5 (HTTP 404)"
            ))
    }

    @Test("404 spends a recurring job's tick without a retry, and the next tick comes at its time")
    func notFoundRecurring() throws {
        let harness = try AppHarness { $0.asksForConfiguration = false }
        harness.app.reply = { _ in .status(404) }
        try harness.schedule("a", #"{"schedule":"@every 10s","repeats":3}"#)
        harness.advance(60_000)
        #expect(harness.triggers("a") == [10_000, 20_000, 30_000])
        #expect(harness.jobs.exists("a") == false)
    }

    @Test(
        "404 counts as a failure in the metrics of Dapr's sidecar; a call without an answer does not count",
        arguments: [
            (.status(204), 1, 0), (.status(404), 0, 1), (.status(500), 0, 4), (.hangUp, 0, 0),
            (.text("hello\r\n\r\n"), 0, 0),
        ] as [(ScriptedApp.Reply, Int64, Int64)])
    func sidecarMetrics(reply: ScriptedApp.Reply, success: Int64, failure: Int64) throws {
        let harness = try Self.answering(reply)
        harness.advance(10_000)
        #expect(harness.jobs.exists("a") == false)
        #expect(harness.total("dapr_component_job_success_count") == success)
        #expect(harness.total("dapr_component_job_failure_count") == failure)
    }

    @Test(
        "every other status is a failure, redirects too, which are not followed",
        arguments: [300, 301, 302, 303, 307, 308, 400, 401, 403, 405, 409, 410, 429, 500, 501, 502, 503, 504])
    func failure(status: Int) throws {
        let harness = try Self.answering(
            .text("HTTP/1.1 \(status) Scripted\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"))
        harness.advance(10_000)
        #expect(harness.triggers("a") == [0, 1000, 2000, 3000])
        #expect(harness.app.times("/elsewhere").isEmpty)
        #expect(harness.outcomes("failed") == 4)
    }

    @Test(
        "the answer's body is ignored",
        arguments: [#"{"status":"FAILED"}"#, #"{"status":"RETRY"}"#, "\u{0}x"])
    func body(text: String) throws {
        let harness = try Self.answering(
            .text("HTTP/1.1 200 OK\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)"))
        harness.advance(10_000)
        #expect(harness.triggers("a").count == 1)
        #expect(harness.jobs.exists("a") == false)
    }

    @Test(
        "a connection that ends without an answer, or with half of one, or with no HTTP, has failed",
        arguments: [
            "", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel",
            "hello\r\n\r\n",
        ])
    func broken(text: String) throws {
        let harness = try AppHarness { $0.asksForConfiguration = false }
        harness.app.reply = { _ in .text(text) }
        try harness.schedule("a", #"{"dueTime":"0s","failurePolicy":{"drop":{}}}"#)
        harness.advance(10)
        let isOver = text.hasPrefix("hello")
        #expect(harness.jobs.exists("a") == !isOver)
        harness.app.endAll()
        harness.advance(10)
        #expect(harness.triggers("a").count == 1)
        #expect(harness.outcomes("failed") == 1)
        #expect(harness.jobs.exists("a") == false)
    }

    @Test("a kept connection that breaks before the answer is no failure: once more, as the same attempt")
    func brokenKeptConnection() throws {
        let harness = try Self.withKeptConnection()
        var calls = 0
        harness.app.reply = { _ in
            calls += 1
            return calls == 1 ? .hangUp : .status(200)
        }
        try harness.schedule("a")
        harness.advance(500)
        #expect(harness.triggers("a").count == 2)
        #expect(
            harness.app.calls.suffix(2).allSatisfy { $0.fields.contains("mainspring-attempt: 1") })
        #expect(harness.outcomes("failed") == 0)
        #expect(harness.jobs.exists("a") == false)
    }

    @Test("a kept connection that breaks, and then nobody listens: the attempt may have ended the app")
    func brokenAndGone() throws {
        let harness = try Self.withKeptConnection()
        harness.app.reply = { [unowned app = harness.app] _ in
            app.isListening = false
            return .hangUp
        }
        try harness.schedule("a", #"{"dueTime":"0s","failurePolicy":{"drop":{}}}"#)
        harness.advance(500)
        #expect(harness.triggers("a").count == 1)
        #expect(harness.outcomes("failed") == 1)
        #expect(harness.jobs.exists("a") == false)
    }

    /// An app that has answered once, over a connection that is kept.
    private static func withKeptConnection() throws -> AppHarness {
        let harness = try AppHarness { $0.asksForConfiguration = false }
        try harness.schedule("first")
        harness.advance(500)
        #expect(harness.app.openConnections == 1)
        return harness
    }

    @Test("an answer whose head is over 4 KiB has failed")
    func longHead() throws {
        let harness = try Self.answering(
            .text("HTTP/1.1 200 OK\r\nA: " + String(repeating: "x", count: 5000) + "\r\n\r\n"))
        harness.advance(10_000)
        #expect(harness.outcomes("failed") == 4)
    }

    @Test(
        "a failure's text is Dapr's, with the number of the gRPC code that it takes the status for",
        arguments: [
            (301, 2), (400, 13), (401, 16), (403, 7), (405, 2), (408, 1), (409, 6), (429, 8), (500, 2),
            (501, 12), (502, 2), (503, 14), (504, 4),
        ])
    func text(status: Int, code: Int) {
        let (outcome, warning) = AppAnswer.outcome(status: status, name: "c-3po")
        #expect(warning == nil)
        #expect(
            outcome
                == .failed(
                    reason:
                        "failed to invoke schedule app job: unexpected status code returned from app while "
                        + "processing triggered job c-3po. status code returned: \(code) (HTTP \(status))"))
    }

    @Test("an exchange without an answer is a failure in Dapr's words, unless nothing was delivered")
    func failures() {
        #expect(AppAnswer.outcome(HTTPClientFailure(.refused)) == .undeliverable)
        #expect(AppAnswer.outcome(HTTPClientFailure(.closed)) == .undeliverable)
        for kind: HTTPClientFailure.Kind in [
            .brokenBeforeAnswer(reusedConnection: false), .brokenWithinAnswer, .malformed, .timedOut,
        ] {
            guard case .failed(let reason) = AppAnswer.outcome(HTTPClientFailure(kind)) else {
                Issue.record("\(kind) did not fail")
                continue
            }
            #expect(
                reason.hasPrefix(
                    "failed to invoke schedule app job: error returned from app channel while sending triggered job to app: "
                ))
        }
    }

    /// One job that is due, and an app that answers it so.
    private static func answering(_ reply: ScriptedApp.Reply) throws -> AppHarness {
        let harness = try AppHarness { $0.asksForConfiguration = false }
        harness.app.reply = { _ in reply }
        try harness.schedule("a")
        return harness
    }
}
