import JobsRuntime
import Testing

@Suite("Go durations")
struct GoDurationTests {
    private static let second: Int64 = 1_000_000_000
    private static let minute = 60 * second
    private static let hour = 60 * minute

    @Test(
        "a duration is printed as Go prints it",
        arguments: [
            (0, "0s"), (1, "1ns"), (-1_500, "-1.5µs"), (500_000_000, "500ms"), (1_100_000, "1.1ms"),
            (5_000_000_000, "5s"), (5_000_000_001, "5.000000001s"), (60_000_000_000, "1m0s"),
            (3_600_000_000_000, "1h0m0s"), (9_905_500_000_000, "2h45m5.5s"),
            (Int64.max, "2562047h47m16.854775807s"), (Int64.min, "-2562047h47m16.854775808s"),
        ] as [(Int64, String)])
    func text(nanoseconds: Int64, expected: String) throws {
        let duration = GoDuration(nanoseconds: nanoseconds)
        #expect(duration.text == expected)
        #expect(try GoDuration(duration.text) == duration)
        #expect(GoDuration(duration.duration) == duration)
    }

    @Test(
        "what Go's own table accepts",
        arguments: [
            ("0", 0), ("-0", 0), ("+0", 0), ("5s", 5 * second), ("30s", 30 * second),
            ("1478s", 1478 * second),
            ("-5s", -5 * second), ("+5s", 5 * second), ("5.0s", 5 * second), ("5.6s", 5_600_000_000),
            ("5.s", 5 * second), (".5s", second / 2), ("1.004s", 1_004_000_000), ("1.0040s", 1_004_000_000),
            ("100.00100s", 100_001_000_000), ("10ns", 10), ("11us", 11_000), ("12\u{B5}s", 12_000),
            ("12\u{3BC}s", 12_000), ("13ms", 13_000_000), ("14s", 14 * second), ("15m", 15 * minute),
            ("16h", 16 * hour), ("3h30m", 3 * hour + 30 * minute), ("10.5s4m", 4 * minute + 10_500_000_000),
            ("-2m3.4s", -(2 * minute + 3_400_000_000)),
            ("1h2m3s4ms5us6ns", hour + 2 * minute + 3 * second + 4_005_006),
            ("39h9m14.425s", 39 * hour + 9 * minute + 14_425_000_000), ("52763797000ns", 52_763_797_000),
            ("0.3333333333333333333h", 20 * minute), ("9007199254740993ns", 9_007_199_254_740_993),
            ("9223372036854775807ns", .max), ("9223372036854775.807us", .max),
            ("9223372036s854ms775us807ns", .max), ("-9223372036854775808ns", .min),
            ("-9223372036854775.808us", .min), ("-9223372036s854ms775us808ns", .min),
            ("-2562047h47m16.854775808s", .min), ("0.100000000000000000000h", 6 * minute),
            ("0.830103483285477580700h", 49 * minute + 48 * second + 372_539_827), ("0h0m9s0ms", 9 * second),
        ] as [(String, Int64)])
    func accepts(text: String, nanoseconds: Int64) throws {
        #expect(try GoDuration(text).nanoseconds == nanoseconds)
    }

    @Test(
        "what Go refuses, in Go's words",
        arguments: [
            ("", #"time: invalid duration """#), ("3", #"time: missing unit in duration "3""#),
            ("-", #"time: invalid duration "-""#), ("s", #"time: invalid duration "s""#),
            (".", #"time: invalid duration ".""#), ("-.", #"time: invalid duration "-.""#),
            (".s", #"time: invalid duration ".s""#), ("+.s", #"time: invalid duration "+.s""#),
            ("1d", #"time: unknown unit "d" in duration "1d""#),
            ("1w2s", #"time: unknown unit "w" in duration "1w2s""#),
            ("00", #"time: missing unit in duration "00""#), ("+", #"time: invalid duration "+""#),
            ("1 s", #"time: unknown unit " s" in duration "1 s""#), (" 1s", #"time: invalid duration " 1s""#),
            ("1s ", #"time: unknown unit "s " in duration "1s ""#),
            ("1S", #"time: unknown unit "S" in duration "1S""#),
            ("--1s", #"time: invalid duration "--1s""#),
            ("1.2.3s", #"time: missing unit in duration "1.2.3s""#),
            ("1s-1s", #"time: unknown unit "s-" in duration "1s-1s""#),
            ("Xm", #"time: invalid duration "Xm""#),
            ("\u{FFFD}", #"time: invalid duration "\xef\xbf\xbd""#),
            ("\u{1}", #"time: invalid duration "\x01""#),
            (#"1"\"#, #"time: unknown unit "\"\\" in duration "1\"\\""#),
            ("9223372036854775810ns", #"time: invalid duration "9223372036854775810ns""#),
            ("9223372036854775808ns", #"time: invalid duration "9223372036854775808ns""#),
            ("-9223372036854775809ns", #"time: invalid duration "-9223372036854775809ns""#),
            ("9223372036854776us", #"time: invalid duration "9223372036854776us""#),
            ("3000000h", #"time: invalid duration "3000000h""#),
            ("9223372036854775.808us", #"time: invalid duration "9223372036854775.808us""#),
            ("9223372036854ms775us808ns", #"time: invalid duration "9223372036854ms775us808ns""#),
            ("1e3s", #"time: unknown unit "e" in duration "1e3s""#),
        ])
    func refuses(text: String, message: String) {
        #expect(throws: GoDuration.Fault(message: message)) { try GoDuration(text) }
    }

    @Test("two halves of the range do not wrap to nothing, as they do in Go")
    func noWrap() {
        let half = "9223372036854775808ns"
        #expect(throws: GoDuration.Fault.self) { try GoDuration("-" + half + half) }
    }

    @Test("random terms add up as a wide integer says")
    func property() {
        var random = PropertySeed(0x60D0)
        for _ in 0..<5000 {
            let sample = Sample(&random)
            let value = (try? GoDuration(sample.text))?.nanoseconds
            if let expected = Int64(exactly: sample.exact) {
                // A fraction is computed in floating point, as in Go: it may miss the exact nanosecond by
                // one.
                let distance = value.map { abs(Int128($0) - Int128(expected)) }
                #expect(
                    distance.map { $0 <= sample.fractions } ?? sample.isAtTheEdge,
                    "\(sample.text), seed \(random.seed)")
            } else {
                #expect(value == nil || sample.isAtTheEdge, "\(sample.text), seed \(random.seed)")
            }
        }
    }

    @Test("no text makes it crash, and none is taken that has no digit")
    func noise() {
        var random = PropertySeed(0x60D1)
        let alphabet = Array("0123456789.+-nuµμmsh \"\\\u{0}é")
        for _ in 0..<20_000 {
            let text = String(
                (0..<Int.random(in: 0...12, using: &random)).map { _ in
                    alphabet.randomElement(using: &random)!
                })
            if (try? GoDuration(text)) != nil {
                #expect(text.contains { $0.isNumber }, "\(text), seed \(random.seed)")
            }
        }
    }
}

/// A random duration and its exact value in nanoseconds.
private struct Sample {
    var text = ""
    var exact: Int128 = 0
    var fractions: Int128 = 0

    /// So near to the end of the range that a rounded fraction decides.
    var isAtTheEdge: Bool { abs(abs(exact) - Int128(Int64.max)) <= fractions + 1 }

    init(_ random: inout PropertySeed) {
        let units: [(String, Int128)] = [
            ("ns", 1), ("us", 1000), ("µs", 1000), ("ms", 1_000_000), ("s", 1_000_000_000),
            ("m", 60_000_000_000),
            ("h", 3_600_000_000_000),
        ]
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let (unit, size) = units.randomElement(using: &random)!
            let digits = Int.random(in: 1...10, using: &random)
            let whole = Int64.random(in: 0..<Int64(Self.power(digits)), using: &random)
            text += String(whole)
            exact += Int128(whole) * size
            if Bool.random(using: &random) {
                let places = Int.random(in: 1...9, using: &random)
                let fraction = Int64.random(in: 0..<Int64(Self.power(places)), using: &random)
                text +=
                    "." + String(repeating: "0", count: places - String(fraction).count) + String(fraction)
                exact += Int128(fraction) * size / Self.power(places)
                fractions += 1
            }
            text += unit
        }
        if Bool.random(using: &random) {
            text = "-" + text
            exact = -exact
        }
    }

    private static func power(_ exponent: Int) -> Int128 {
        (0..<exponent).reduce(1) { product, _ in product * 10 }
    }
}
