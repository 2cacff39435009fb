import Handlers
import JobsRuntime
import Reactor
import Synchronization
import Testing

@Suite("droid maintenance")
struct DroidMaintenanceHandlerTests {
    @Test(
        "the droid and the task come from an object or a plain string",
        arguments: [
            #"{"Value":"R2-D2:Oil Change"}"#, #""R2-D2:Oil Change""#,
            #"{"a":[1,{}],"Value":"R2-D2:Oil Change"}"#,
        ])
    func prints(data: String) async {
        let (outcome, lines) = await run(data)
        #expect(outcome == .succeeded)
        #expect(
            lines == [
                "Received job request...\nStarting droid: R2-D2\nExecuting maintenance job: Oil Change"
            ])
    }

    @Test("escapes are undone, and only the first colon divides")
    func escapes() async {
        let (outcome, lines) = await run(#"{"Value":"BB\u002d8:Check: the \"ball\""}"#)
        #expect(outcome == .succeeded)
        #expect(lines.first?.hasSuffix("BB-8\nExecuting maintenance job: Check: the \"ball\"") == true)
    }

    @Test(
        "a value that does not parse fails the attempt and is quoted",
        arguments: [
            (#""R2-D2""#, "'R2-D2' is not of the form Droid:Task"),
            (#"":Oil""#, "':Oil' is not of the form Droid:Task"),
            (#""R2-D2:""#, "'R2-D2:' is not of the form Droid:Task"),
            (#""R2:a\nb""#, "'R2:a b' is not of the form Droid:Task"),
            (#"{"value":"x"}"#, #"the data has no field "Value"; it is '{"value":"x"}'"#),
            (#"{"Value":7}"#, #""Value" is not a string but number; it is '{"Value":7}'"#),
            ("[1]", "the data is neither a string nor an object but array; it is '[1]'"),
            ("null", "the data is neither a string nor an object but null; it is 'null'"),
        ])
    func refuses(data: String, reason: String) async {
        let (outcome, lines) = await run(data)
        #expect(outcome == .failed(reason: reason))
        #expect(lines.isEmpty)
    }

    @Test("a job without data fails the attempt")
    func noData() async {
        let (outcome, _) = await run(nil)
        #expect(outcome == .failed(reason: "the job has no data; it is absent"))
    }

    @Test("the reason has a bound, whatever the value's length")
    func bounded() async {
        let (outcome, _) = await run("\"" + String(repeating: "x", count: 100_000) + "\"")
        guard case .failed(let reason) = outcome else {
            Issue.record("it must fail")
            return
        }
        #expect(reason.utf8.count < 400)
    }

    private func run(_ data: String?) async -> (TriggerOutcome, [String]) {
        let lines = Lines()
        let outcome = await DroidMaintenanceHandler(output: lines.append).handle(.sample("r2-d2", data))
        return (outcome, lines.all)
    }
}

@Suite("echo")
struct EchoHandlerTests {
    @Test(
        "name and data stand in one line",
        arguments: [
            ("{\n \"a\": 1\n}", "Job bb-8: {  \"a\": 1 }"), (nil, "Job bb-8, without data"),
            ("null", "Job bb-8: null"),
        ])
    func oneLine(data: String?, line: String) async {
        let lines = Lines()
        #expect(await EchoHandler(output: lines.append).handle(.sample("bb-8", data)) == .succeeded)
        #expect(lines.all == [line])
    }
}

/// What a handler put out.
private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])

    func append(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
}

extension JobTrigger {
    fileprivate static func sample(_ name: String, _ data: String?) -> JobTrigger {
        JobTrigger(
            name: Array(name.utf8), data: data.map { Array($0.utf8) },
            runID: RunID(store: 1, generation: 1, tick: 1),
            plannedTime: WallTime(seconds: 0),
            attempt: 1,
            isLastAttempt: false)
    }
}
