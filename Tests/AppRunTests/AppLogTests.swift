import AppRun
import Reactor
import TestKit
import Testing

/// How an app's lines look where they arrive.
@Suite("App log")
struct AppLogTests {
    @Test(
        "colours and orders for a terminal are taken out of what goes to a file or a pipe",
        arguments: [
            ("\u{1B}[31mred\u{1B}[0m", "red"), ("\u{1B}[1;38;5;12mbold\u{1B}[m text", "bold text"),
            ("\u{1B}]0;title\u{07}after", "after"),
            ("\u{1B}]8;;http://a\u{1B}\\link\u{1B}]8;;\u{1B}\\", "link"),
            ("\u{1B}[2J\u{1B}[Htop", "top"), ("\u{1B}(Bplain", "plain"), ("cut\u{1B}[3", "cut"),
            ("cut\u{1B}", "cut"), ("\u{1B}]no end", "no end"), ("\u{1B}Pno \u{1B}[31mend", "no end"),
            ("\u{1B}]0;title\u{1B}", "0;title"),
            ("no orders [31m", "no orders [31m"), ("tab\tand ünïcode ✅", "tab\tand ünïcode ✅"),
        ])
    func codes(printed: String, shown: String) throws {
        let folder = try TemporaryFolder()
        let queue = LineQueue(descriptor: try RunHarness.create(folder.path(of: "console")))
        let file = LineQueue(descriptor: try RunHarness.create(folder.path(of: "file")))
        let log = AppLog(appID: "a", console: queue, file: file, usesColour: true)
        log.take(Array(printed.utf8))
        queue.flush()
        file.flush()
        #expect(try TemporaryFolder.read(folder.path(of: "console")) == "== APP - a == \(shown)\n")
        #expect(try TemporaryFolder.read(folder.path(of: "file")) == "\(shown)\n")
    }

    @Test(
        "an app cannot write over its prefix, and its file has what it printed",
        arguments: [
            ("\r== APP - b == x", " == APP - b == x"), ("50 %\r60 %", "50 % 60 %"), ("a\u{8}\u{B}b", "a  b"),
            ("a\u{9B}2Kb", "a  2Kb"), ("tab\t\u{A0}é", "tab\t\u{A0}é"),
        ])
    func confined(printed: String, shown: String) throws {
        let folder = try TemporaryFolder()
        let queue = LineQueue(descriptor: try RunHarness.create(folder.path(of: "console")))
        let file = LineQueue(descriptor: try RunHarness.create(folder.path(of: "file")))
        AppLog(appID: "a", console: queue, file: file, usesColour: true).take(Array(printed.utf8))
        queue.flush()
        file.flush()
        #expect(try TemporaryFolder.read(folder.path(of: "console")) == "== APP - a == \(shown)\n")
        #expect(try TemporaryFolder.read(folder.path(of: "file")) == "\(printed)\n")
    }

    @Test("apps of one folder have files of their own, whatever their ids")
    func filesOfTheirOwn() throws {
        let folder = try TemporaryFolder()
        let queue = LineQueue(descriptor: try RunHarness.create(folder.path(of: "console")))
        let console = AppConsole(output: queue, errors: queue)
        let ids = ["a/b", "a_b", "a%2Fb", "a%252Fb"]
        let paths = try ids.map { id in
            try #require(
                AppLogFiles(
                    of: id, in: folder.path, at: "20261124120000", for: (app: .file, host: .console),
                    console: console
                ).app?.path)
        }
        #expect(Set(paths).count == ids.count)
        #expect(paths[1] == folder.path + "/.dapr/logs/a_b_app_20261124120000.log")
    }

    @Test("a terminal that has an app's lines alone shows them in bright blue, with the app's own colours")
    func terminal() throws {
        let terminal = try PseudoTerminal()
        let queue = LineQueue(descriptor: terminal.inner)
        for (usesColour, text) in [(true, "\u{1B}[31mred\u{1B}[2K"), (false, "\u{1B}[31mplain")] {
            AppLog(appID: "a", console: queue, file: nil, usesColour: usesColour).take(Array(text.utf8))
        }
        queue.flush()
        #expect(try terminal.line() == "\u{1B}[94;1m== APP - a == \u{1B}[31mred\u{1B}[0m\r\n")
        #expect(try terminal.line() == "== APP - a == plain\r\n")
    }
}
