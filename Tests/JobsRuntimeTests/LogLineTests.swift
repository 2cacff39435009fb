import JobsRuntime
import Logging
import Reactor
import Testing

/// The contract's section 8.3: the shapes of a log line.
@Suite("log lines")
struct LogLineTests {
    private static let message =
        "Error getting job c-3po due to: rpc error: code = NotFound desc = job not found: c-3po"
    private static let fields = [
        "ver": "1.18.3", "scope": "dapr.api", "app_id": "job-service", "type": "log", "instance": "host-1",
    ]
    private static let time = WallTime(seconds: 1_795_521_600, nanoseconds: 120_000_000)

    private static func line(
        _ message: String, level: Logger.Level = .error, seconds: UInt64 = 568,
        _ fields: [String: String] = fields
    ) -> LogLine {
        LogLine(at: time, secondsSinceStart: seconds, level: level, message: message, fields: fields)
    }

    @Test("the contract's sample on a terminal, to the byte")
    func terminal() {
        #expect(
            Self.line(Self.message).terminal
                == "ERRO[0568] Error getting job c-3po due to: rpc error: code = NotFound desc = job not found: c-3po"
                + "  app_id=job-service instance=host-1 scope=dapr.api type=log ver=1.18.3")
    }

    @Test("a short message is padded to 44 on a terminal, and the level is cut to four letters")
    func padding() {
        let spaces = String(repeating: " ", count: 42)
        #expect(
            Self.line("hé", level: .warning, seconds: 0, ["a": "1"]).terminal == "WARN[0000] hé\(spaces)  a=1"
        )
        #expect(Self.line("x", level: .notice, seconds: 12_345, [:]).terminal.hasPrefix("INFO[12345] x "))
        #expect(Self.line("x", level: .debug).terminal.hasPrefix("DEBU["))
        #expect(Self.line("x", level: .critical).terminal.hasPrefix("FATA["))
    }

    @Test("a name from the network brings no control characters to a terminal")
    func controls() {
        let text = Self.line("job \u{1B}[31m\r\n\u{9B}x\u{7F} \"q\"").terminal
        #expect(text.contains(#"job \x1b[31m\r\n\u009bx\x7f "q""#))
    }

    @Test("what goes elsewhere has a time and quotes where they are needed, to the byte")
    func text() {
        #expect(
            Self.line(Self.message).text
                == #"time="2026-11-24T12:00:00.12Z" level=error msg="Error getting job c-3po due to: rpc error: code = NotFound desc = job not found: c-3po""#
                + " app_id=job-service instance=host-1 scope=dapr.api type=log ver=1.18.3")
        #expect(
            Self.line("say \"hi\"\n", level: .warning, ["a": "b c", "e": ""]).text
                == #"time="2026-11-24T12:00:00.12Z" level=warning msg="say \"hi\"" a="b c" e="#)
    }

    @Test("JSON has the same keys, in order")
    func json() {
        #expect(
            Self.line("a <b>").json
                == #"{"app_id":"job-service","instance":"host-1","level":"error","msg":"a \u003cb\u003e","scope":"dapr.api","#
                + #""time":"2026-11-24T12:00:00.12Z","type":"log","ver":"1.18.3"}"#)
    }
}
