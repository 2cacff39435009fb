internal import CoreMetrics
internal import JobsRuntime
internal import Reactor
internal import Synchronization

/// One line of the page, or those of one histogram.
enum PrometheusSeries: Sendable {
    case counter(PrometheusCounter)
    case gauge(PrometheusGauge)
    case histogram(PrometheusHistogram)

    var handler: AnyObject {
        switch self {
        case .counter(let counter): counter
        case .gauge(let gauge): gauge
        case .histogram(let histogram): histogram
        }
    }

    func write(_ name: String, _ labels: String, to text: inout PrometheusText) {
        switch self {
        case .counter(let counter): text.sample(name, labels, "\(counter.value)")
        case .gauge(let gauge): text.sample(name, labels, PrometheusText.number(gauge.value))
        case .histogram(let histogram): histogram.write(name, labels, to: &text)
        }
    }
}

/// A number that grows.
final class PrometheusCounter: CounterHandler {
    private let count = Atomic<Int64>(0)

    var value: Int64 { count.load(ordering: .relaxed) }

    /// Adds; what is negative is no growth, and passed over.
    func increment(by amount: Int64) {
        if amount > 0 { count.wrappingAdd(amount, ordering: .relaxed) }
    }

    func reset() { count.store(0, ordering: .relaxed) }
}

/// A number that is set.
final class PrometheusGauge: MeterHandler, RecorderHandler {
    private let number = Guarded(0.0)

    var value: Double { number.withLock { $0 } }

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { number.withLock { $0 = value } }
    func increment(by amount: Double) { number.withLock { $0 += amount } }
    func decrement(by amount: Double) { number.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }
}

/// Values sorted into buckets.
final class PrometheusHistogram: BatchRecorderHandler, TimerHandler {
    private struct State: Sendable {
        /// How many fell into each bucket and into none of those below; the last is the one without a bound.
        var counts: [UInt64]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Guarded<State>

    /// Buckets with these upper bounds, in rising order.
    init(bounds: [Double]) {
        self.bounds = bounds
        state = Guarded(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func record(_ value: Int64) { record(Double(value)) }
    func record(_ value: Double) { state.withLock { count(value, in: &$0) } }
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1_000_000_000) }

    func record(contentsOf values: UnsafeBufferPointer<Double>) {
        state.withLock { state in
            for index in 0..<values.count { unsafe count(values[index], in: &state) }
        }
    }

    private func count(_ value: Double, in state: inout State) {
        // Most values fall into the first buckets, so a walk beats a search.
        var index = 0
        while index < bounds.count, !(value <= bounds[index]) { index += 1 }
        state.counts[index] += 1
        state.sum += value
    }

    func write(_ name: String, _ labels: String, to text: inout PrometheusText) {
        let (counts, sum) = state.withLock { ($0.counts, $0.sum) }
        let comma = labels.isEmpty ? "" : ","
        var total: UInt64 = 0
        for (index, count) in counts.enumerated() {
            total += count
            let bound = index < bounds.count ? PrometheusText.number(bounds[index]) : "+Inf"
            text.sample(name + "_bucket", "\(labels)\(comma)le=\"\(bound)\"", "\(total)")
        }
        text.sample(name + "_sum", labels, PrometheusText.number(sum))
        text.sample(name + "_count", labels, "\(total)")
    }
}
