// What the timer wheel costs. usage: WheelBench TIMERS
// Prints one line of JSON, with the names that uv_timers.c and wheel_bench.c use too; nanoseconds an operation.
internal import Glibc
internal import Reactor

/// Xorshift, as in timer_bench.h: all three programs draw the same deadlines.
struct Xorshift {
    private var state: UInt64 = 88_172_645_463_325_252

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }

    /// Between one hour and two.
    mutating func distance() -> UInt64 { 3_600_000 + next() % 3_600_000 }
}

/// A wheel with `total` timers and the tokens of all of them.
struct WheelBench {
    private let total: Int
    private var wheel = TimerWheel(now: Tick(milliseconds: 1000))
    private var random = Xorshift()
    private var tokens: [TimerToken]
    private var due: [TimerToken] = []

    init(total: Int) {
        self.total = total
        // What the caller keeps is touched here: it is not to be counted as the wheel's memory, nor as its time.
        let stale = wheel.insert(deadline: wheel.currentTick)
        wheel.remove(stale)
        tokens = Array(repeating: stale, count: total)
        due.append(contentsOf: tokens)
        due.removeAll(keepingCapacity: true)
    }

    /// Fills the wheel with timers that are due at random within an hour, from an hour on.
    mutating func insertAll() {
        let now = wheel.currentTick
        for index in 0..<total {
            tokens[index] = wheel.insert(deadline: now.advanced(byMilliseconds: random.distance()))
        }
    }

    mutating func insertAllAtOneInstant() {
        let deadline = wheel.currentTick.advanced(byMilliseconds: 5000)
        for index in 0..<total { tokens[index] = wheel.insert(deadline: deadline) }
    }

    /// Moves `count` tokens, drawn at random, to the front: what `churn` measures then is the wheel's memory, which it
    /// touches at random, and not this array's.
    mutating func draw(_ count: Int) {
        for index in 0..<count { tokens.swapAt(index, index + Int(random.next() % UInt64(total - index))) }
    }

    /// Takes out each timer that was drawn and inserts another, as a job that is stored again does.
    mutating func churn(_ count: Int) {
        let now = wheel.currentTick
        for index in 0..<count {
            wheel.remove(tokens[index])
            tokens[index] = wheel.insert(deadline: now.advanced(byMilliseconds: random.distance()))
        }
    }

    /// Takes out the first `count` timers, in the order of insertion.
    mutating func cancel(_ count: Int) {
        for index in 0..<count { wheel.remove(tokens[index]) }
    }

    /// Takes out all timers so that the next ones lie in memory in the order of insertion, as in a new wheel.
    mutating func removeAll() {
        tokens.sort { $0.index > $1.index }
        for token in tokens { wheel.remove(token) }
    }

    /// Lets `milliseconds` pass at once; all timers must be due.
    mutating func drain(milliseconds: UInt64) {
        wheel.advance(to: wheel.currentTick.advanced(byMilliseconds: milliseconds), into: &due)
        precondition(due.count == total && wheel.count == 0, "\(due.count) of \(total) timers fired")
        due.removeAll(keepingCapacity: true)
    }
}

/// Nanoseconds that `body` takes for each of `count` operations.
func nanoseconds(for count: Int, _ body: () -> Void) -> Double {
    let duration = ContinuousClock().measure(body)
    return Double(duration.components.attoseconds) / 1e9 / Double(count)
        + Double(duration.components.seconds) * 1e9 / Double(count)
}

func measure(total: Int) -> [(name: String, value: Double)] {
    var bench = WheelBench(total: total)
    let some = min(total, 200_000)
    let before = residentBytes()
    let grow = nanoseconds(for: total) { bench.insertAll() }
    let bytes = Double(residentBytes() - before) / Double(total)
    bench.draw(some)
    let churn = nanoseconds(for: some) { bench.churn(some) }
    let drain = nanoseconds(for: total) { bench.drain(milliseconds: 7_300_000) }

    // From here on the memory is in hand, as it is in the C programs from the start.
    bench.insertAll()
    bench.removeAll()
    let insert = nanoseconds(for: total) { bench.insertAll() }
    let cancel = nanoseconds(for: some) { bench.cancel(some) }
    bench.removeAll()
    bench.insertAllAtOneInstant()
    let fire = nanoseconds(for: total) { bench.drain(milliseconds: 5000) }
    return [
        ("insert_ns", insert), ("grow_ns", grow), ("churn_ns", churn), ("cancel_ns", cancel),
        ("fire_ns", fire),
        ("drain_ns", drain), ("bytes", bytes),
    ]
}

/// Resident memory of this process.
func residentBytes() -> Int {
    guard let file = unsafe fopen("/proc/self/statm", "r") else { return 0 }
    defer { unsafe fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    guard unsafe fgets(&line, Int32(line.count), file) != nil else { return 0 }
    let fields = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self).split(
        separator: " ")
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) : 0
}

guard CommandLine.arguments.count == 2, let total = Int(CommandLine.arguments[1]), total > 0 else {
    print("usage: WheelBench TIMERS")
    exit(2)
}
// Warm-up: the code has run and the allocator has memory, whatever `total` is.
_ = measure(total: 10_000)
let fields = measure(total: total).map { "\"\($0.name)\": \(($0.value * 10).rounded() / 10)" }
print("{\"impl\": \"mainspring\", \"n\": \(total), \(fields.joined(separator: ", "))}")
