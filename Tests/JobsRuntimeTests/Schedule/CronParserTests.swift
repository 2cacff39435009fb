import JobsRuntime
import Reactor
import TestKit
import Testing

@Suite("cron: what is a schedule and what is not")
struct CronParserTests {
    @Test(
        "what is refused, in the words of Dapr's parser",
        arguments: [
            ("* * * * *", "expected exactly 6 fields, found 5: [* * * * *]"),
            ("* * * * * * *", "expected exactly 6 fields, found 7: [* * * * * * *]"),
            ("x * * * * *", #"failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax"#),
            ("* 5 j * * *", #"failed to parse int from j: strconv.Atoi: parsing "j": invalid syntax"#),
            ("jan * * * * *", #"failed to parse int from jan: strconv.Atoi: parsing "jan": invalid syntax"#),
            ("* * * * mon *", #"failed to parse int from mon: strconv.Atoi: parsing "mon": invalid syntax"#),
            (
                "* * * * * monday",
                #"failed to parse int from monday: strconv.Atoi: parsing "monday": invalid syntax"#
            ),
            ("* * * L * *", #"failed to parse int from L: strconv.Atoi: parsing "L": invalid syntax"#),
            ("* * * 15W * *", #"failed to parse int from 15W: strconv.Atoi: parsing "15W": invalid syntax"#),
            ("* * * * * 5#3", #"failed to parse int from 5#3: strconv.Atoi: parsing "5#3": invalid syntax"#),
            ("\"é * * * * *", #"failed to parse int from "é: strconv.Atoi: parsing "\"é": invalid syntax"#),
            ("-1 * * * * *", #"failed to parse int from : strconv.Atoi: parsing "": invalid syntax"#),
            ("1- * * * * *", #"failed to parse int from : strconv.Atoi: parsing "": invalid syntax"#),
            ("1/ * * * * *", #"failed to parse int from : strconv.Atoi: parsing "": invalid syntax"#),
            ("/2 * * * * *", #"failed to parse int from : strconv.Atoi: parsing "": invalid syntax"#),
            ("+ * * * * *", #"failed to parse int from +: strconv.Atoi: parsing "+": invalid syntax"#),
            (
                "9223372036854775808 * * * * *",
                #"failed to parse int from 9223372036854775808: strconv.Atoi: parsing "9223372036854775808": value out of range"#
            ),
            (
                "99999999999999999999x * * * * *",
                #"failed to parse int from 99999999999999999999x: strconv.Atoi: parsing "99999999999999999999x": value out of range"#
            ),
            ("*/-1 * * * * *", "negative number (-1) not allowed: -1"),
            (
                "*/-9223372036854775808 * * * * *",
                "negative number (-9223372036854775808) not allowed: -9223372036854775808"
            ),
            ("* * * 0 * *", "beginning of range (0) below minimum (1): 0"),
            ("* * * * 0/2 *", "beginning of range (0) below minimum (1): 0/2"),
            ("60 * * * * *", "end of range (60) above maximum (59): 60"),
            ("* 0-60 * * * *", "end of range (60) above maximum (59): 0-60"),
            ("* * 24 * * *", "end of range (24) above maximum (23): 24"),
            ("* * * 32 * *", "end of range (32) above maximum (31): 32"),
            ("* * * * 13 *", "end of range (13) above maximum (12): 13"),
            ("* * * * * 7", "end of range (7) above maximum (6): 7"),
            ("* * * * * 5-3", "beginning of range (5) beyond end of range (3): 5-3"),
            ("* * * * * fri-MON/2", "beginning of range (5) beyond end of range (1): fri-MON/2"),
            ("*/0 * * * * *", "step of range should be a positive number: */0"),
            ("5/0 * * * * *", "step of range should be a positive number: 5/0"),
            ("1-2-3 * * * * *", "too many hyphens: 1-2-3"),
            ("1/2/3 * * * * *", "too many slashes: 1/2/3"),
            ("*//2 * * * * *", "too many slashes: *//2"),
            ("1-2-3/4/5 * * * * *", "too many hyphens: 1-2-3/4/5"),
            ("60 24 0 * * *", "end of range (60) above maximum (59): 60"),
            ("0,60,x * * * * *", "end of range (60) above maximum (59): 60"),
        ])
    func refusals(spec: String, message: String) {
        #expect(throws: GrammarFault.invalid(message)) { try Schedule(spec) }
    }

    @Test(
        "different spellings of one schedule",
        arguments: [
            ("1,,2 * * * * *", "1,2 * * * * *"), ("*-5 * * * * *", "* * * * * *"),
            ("?-x-y * * * * *", "* * * * * *"), ("? ? ? ? ? ?", "* * * * * *"),
            ("*/1 * * * * *", "* * * * * *"),
            ("5/20 * * * * *", "5,25,45 * * * * *"), ("5-30/20 * * * * *", "5,25 * * * * *"),
            ("50-59/9223372036854775807 * * * * *", "50 * * * * *"), ("+5 007 * * * *", "5 7 * * * *"),
            ("0 0 0 1 JAN,feb,Mar *", "0 0 0 1 1-3 *"), ("0 0 0 * * Mon-Fri", "0 0 0 * * 1-5"),
            ("0 0 0 * feb-DEC/5 sAt", "0 0 0 * 2,7,12 6"), (" \t0  0\n0 *\u{3000}*\u{A0}* ", "0 0 0 * * *"),
            ("@yearly", "0 0 0 1 1 *"), ("@annually", "0 0 0 1 1 *"), ("@monthly", "0 0 0 1 * *"),
            ("@weekly", "0 0 0 * * 0"), ("@daily", "0 0 0 * * *"), ("@midnight", "0 0 0 * * *"),
            ("@hourly", "0 0 * * * *"), ("TZ=UTC 0 0 0 * * *", "0 0 0 * * *"),
            ("TZ=Asia/Tokyo  @midnight ", "CRON_TZ=Asia/Tokyo 0 0 0 * * *"),
            ("CRON_TZ=Asia/Tokyo\t0 5 * * * *", "TZ=Asia/Tokyo 0 5 * * * *"),
        ])
    func spellings(one: String, other: String) throws {
        #expect(try Schedule(one) == Schedule(other))
    }

    @Test(
        "a zone's prefix is followed by a schedule, and the zone is checked first",
        arguments: [
            ("TZ=UTC", "timezone prefix TZ=UTC is not followed by a schedule"),
            ("CRON_TZ=Asia/Tokyo", "timezone prefix CRON_TZ=Asia/Tokyo is not followed by a schedule"),
            ("TZ=", "timezone prefix TZ= is not followed by a schedule"),
            ("TZ=UTC ", "expected exactly 6 fields, found 0: []"),
            ("TZ=UTC * * * * *", "expected exactly 6 fields, found 5: [* * * * *]"),
            ("TZ=UTC @every 5s", "timezone is not supported for @every schedules: @every 5s"),
            ("TZ=Asia/Tokyo @every x", "timezone is not supported for @every schedules: @every x"),
            ("TZ=UTC @x", "unrecognized descriptor: @x"),
            ("TZ=Mars/Base x", "provided bad location Mars/Base: unknown time zone Mars/Base"),
            ("TZ= 0 0 0 * * *", "provided bad location : unknown time zone "),
            ("TZ=UTC TZ=UTC @daily", "expected exactly 6 fields, found 2: [TZ=UTC @daily]"),
            (" TZ=UTC 0 0 0 * * *", "expected exactly 6 fields, found 7: [TZ=UTC 0 0 0 * * *]"),
            ("tz=UTC 0 0 0 * * *", "expected exactly 6 fields, found 7: [tz=UTC 0 0 0 * * *]"),
        ])
    func zonePrefix(spec: String, message: String) {
        #expect(throws: GrammarFault.invalid(message)) { try Schedule(spec) }
    }

    @Test(
        "a schedule that can never match is refused: the fields decide, not a search",
        arguments: [
            "0 0 0 30 2 *", "0 0 0 30-31 Feb ?", "0 0 0 31 2,4,6,9,11 *", ", * * * * *", "* , * * * *",
            "* * ,, * * *", "* * * , * *", "* * * * , *", "* * * * * ,",
        ])
    func neverMatches(spec: String) {
        #expect(throws: GrammarFault.invalid("schedule never matches any time: \(spec)")) {
            try Schedule(spec)
        }
    }

    @Test("no text makes it crash, and what is taken has a tick")
    func noise() {
        var random = PropertySeed(0xC309)
        let words = [
            "*", "?", "1", "0", "59", "60", "-", "/", ",", "jan", "MON", "*/2", "1-5", "é",
            "99999999999999999999",
            "TZ=", "UTC", "Europe/Berlin", "@", "daily", "@every ", "5s", "\u{A0}", "\t",
        ]
        var taken = 0
        for _ in 0..<20_000 {
            let parts = (0..<Int.random(in: 1...9, using: &random)).map { _ in
                words.randomElement(using: &random)! + (Bool.random(using: &random) ? " " : "")
            }
            let spec = parts.joined() + (Bool.random(using: &random) ? " * * * * *" : "")
            guard let schedule = try? Schedule(spec) else { continue }
            taken += 1
            #expect(schedule.next(after: JobsHarness.start) != nil, "\(spec), seed \(random.seed)")
        }
        #expect(taken > 100)
    }
}
