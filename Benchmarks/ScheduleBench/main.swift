// What finding a schedule's next tick costs, and reading its text. usage: ScheduleBench ROUNDS
// Prints one line of JSON: nanoseconds for each schedule, beside the C library turning the same instants into a wall time
// and back, and beside a walk that asks each second.
internal import Glibc
internal import JobsRuntime
internal import Reactor

/// Xorshift, as in WheelBench.
struct Xorshift {
    private var state: UInt64 = 88_172_645_463_325_252

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}

/// Random instants from 2000 to 2060: a processor cannot learn where they lie.
let instants: [Int] = {
    var random = Xorshift()
    return (0..<4096).map { _ in 946_684_800 + Int(random.next() % 1_893_456_000) }
}()
/// What was computed, so that no compiler leaves it out.
var sum = 0

/// Nanoseconds that `body` takes for one of `count` instants.
@MainActor func nanoseconds(count: Int = instants.count, _ body: (Int) -> Int) -> Double {
    let duration = ContinuousClock().measure {
        for index in 0..<count { sum &+= body(instants[index & 4095]) }
    }
    return Double(duration.components.attoseconds) / 1e9 / Double(count)
        + Double(duration.components.seconds) * 1e9 / Double(count)
}

/// Makes the C library's local time that of a zone.
func enter(_ zone: String) {
    unsafe setenv("TZ", zone, 1)
    tzset()
}

/// The C library's way there and back: the least that a scheduler on top of it would pay, with nothing found yet.
func libraryTime(_ instant: Int) -> Int {
    var instant = instant
    var parts = unsafe tm()
    unsafe localtime_r(&instant, &parts)
    unsafe parts.tm_isdst = -1
    return unsafe mktime(&parts)
}

/// The naive way to the next 02:30: ask the clock at each second.
func walk(_ instant: Int) -> Int {
    var instant = instant + 1
    while true {
        var parts = unsafe tm()
        unsafe localtime_r(&instant, &parts)
        if unsafe parts.tm_hour == 2, unsafe parts.tm_min == 30, unsafe parts.tm_sec == 0 { return instant }
        instant += 1
    }
}

let expressions = [
    ("every second", "* * * * * *"), ("every 15 minutes", "0 */15 * * * *"), ("daily", "0 30 2 * * *"),
    ("Fridays and 13ths", "0 0 12 13 * Fri"), ("29 February", "0 0 0 29 2 *"),
]
let zones = ["", "Asia/Tokyo", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"]

guard CommandLine.arguments.count == 2, let rounds = Int(CommandLine.arguments[1]), rounds > 0 else {
    print("usage: ScheduleBench ROUNDS")
    exit(2)
}
var fields: [String] = []
for zone in zones {
    enter(zone.isEmpty ? "UTC" : zone)
    for (name, expression) in expressions {
        let spec = zone.isEmpty ? expression : "CRON_TZ=\(zone) \(expression)"
        let schedule = try Schedule(spec)
        var next: [Double] = []
        var read: [Double] = []
        var library: [Double] = []
        for round in 0...rounds {
            let figures = [
                nanoseconds { Int(schedule.next(after: WallTime(seconds: Int64($0)))?.seconds ?? 0) },
                nanoseconds { _ in (try? Schedule(spec)) == nil ? 0 : 1 }, nanoseconds(libraryTime),
            ]
            // The first round warms up.
            guard round > 0 else { continue }
            next.append(figures[0])
            read.append(figures[1])
            library.append(figures[2])
        }
        let naive = name == "daily" ? nanoseconds(count: 16, walk) : nil
        fields.append(
            "{\"zone\": \"\(zone.isEmpty ? "UTC" : zone)\", \"of\": \"\(name)\", \"next_ns\": \(next), "
                + "\"read_ns\": \(read), \"libc_ns\": \(library), \"walk_ns\": \(naive.map { "\($0)" } ?? "null")}"
        )
    }
}
print("{\"schedules\": [\(fields.joined(separator: ", "))]}")
precondition(sum != 0, "nothing was computed")
