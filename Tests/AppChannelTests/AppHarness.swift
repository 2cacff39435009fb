import AppChannel
import JobsRuntime
import MetricsTestKit
import Reactor
import TestKit

/// An app's jobs and its channel on a virtual clock, and the app at the other end.
final class AppHarness {
    let jobs: JobsHarness
    let app: ScriptedApp
    let receiver: AppReceiver
    let log = LogRecorder()
    private let metrics = TestMetrics()

    /// Begins with an app that listens or not, and answers so.
    init(
        isListening: Bool? = true, _ configure: (inout AppChannel) -> Void = { _ in },
        reply: @escaping (ScriptedApp.Call) -> ScriptedApp.Reply = { _ in .status(200) }
    ) throws {
        jobs = try JobsHarness(metrics: metrics)
        app = ScriptedApp(timers: jobs.timers)
        app.isListening = isListening
        app.reply = reply
        var channel = AppChannel(port: 6200, appID: "garage")
        configure(&channel)
        receiver = AppReceiver(
            channel: channel, address: try SocketAddress(host: channel.host, port: channel.port),
            network: Network(timers: jobs.timers), dialer: app, logger: log.logger,
            appCalls: jobs.metrics?.appCalls)
        jobs.route("", to: receiver)
        jobs.begin()
    }

    func schedule(_ name: String, _ body: String = #"{"dueTime":"0s"}"#) throws {
        guard case .scheduled? = try jobs.schedule(name, body) else {
            throw TestFailure("\(name) was refused")
        }
    }

    func advance(_ milliseconds: UInt64) { jobs.advance(milliseconds: milliseconds) }

    /// When triggers of a job came, in milliseconds after the start.
    func triggers(_ name: String) -> [UInt64] { app.times("/job/" + name) }

    /// How many triggers had an outcome, such as `failed`.
    func outcomes(_ name: String) -> Int64 {
        metrics.counters(label: "mainspring_triggers_total", dimensions: [("outcome", name)])
            .reduce(0) { $0 + $1.totalValue }
    }

    /// What a counter of any labels has come to.
    func total(_ label: String) -> Int64 {
        metrics.counters(label: label).reduce(0) { $0 + $1.totalValue }
    }

    /// How many of the log's lines have a text in them.
    func count(_ text: String) -> Int { log.lines.count { $0.contains(text) } }
}
