package import CoreMetrics
package import JobsRuntime
internal import Reactor

/// A swift-metrics backend that keeps everything in memory and shows it as a page for Prometheus.
///
/// Made and read on any thread. Counters are an atomic addition, histograms a lock for as many values as come together. A
/// metric that cannot be shown truthfully, as its name belongs to one of another kind, or as there are too many, is kept by
/// nobody and counted.
package final class PrometheusRegistry: MetricsFactory {
    /// What bounds the page and the memory behind it.
    package struct Limits: Sendable {
        /// Series of all metrics: each is one set of label values, and a histogram counts as one.
        package var series = 10_000

        package init() {}
    }

    /// How many metrics were refused, as there are too many or a name is taken.
    static let refusedName = "mainspring_metrics_refused_total"
    /// Bounds for histograms that nobody has named any for: seconds, as timers are.
    static let standardBounds: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    private struct State: Sendable {
        var families: [String: PrometheusFamily] = [:]
        var series = 0
        var refused: Int64 = 0
    }

    private let limits: Limits
    private let definitions: [String: MetricDefinition]
    private let state = Guarded(State())

    /// A registry that knows these metrics' help texts and bounds; others get standard ones.
    package init(_ definitions: [MetricDefinition] = [], limits: Limits = Limits()) {
        self.limits = limits
        self.definitions = Dictionary(definitions.map { ($0.name, $0) }) { first, _ in first }
    }

    /// The page: every metric in the text format 0.0.4, in the order of their names.
    package func page() -> [UInt8] {
        // Copied under the lock, written without it: handlers of other threads must not wait for the page.
        let (families, refused) = state.withLock { ($0.families, $0.refused) }
        var text = PrometheusText()
        for (_, family) in families.sorted(by: { $0.key < $1.key }) { family.write(to: &text) }
        text.head(
            Self.refusedName, "counter", "Metrics that are not shown: too many, or their name is taken.")
        text.sample(Self.refusedName, "", "\(refused)")
        return text.bytes
    }

    // MARK: MetricsFactory

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        let name = PrometheusText.name(label)
        let found = series(name, .counter, dimensions) { .counter(PrometheusCounter()) }
        if case .counter(let counter) = found { return counter }
        return NOOPMetricsHandler.instance
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        let found = series(PrometheusText.name(label), .gauge, dimensions) { .gauge(PrometheusGauge()) }
        if case .gauge(let gauge) = found { return gauge }
        return NOOPMetricsHandler.instance
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool)
        -> any RecorderHandler
    {
        let name = PrometheusText.name(label)
        if aggregate { return histogram(name, dimensions) ?? NOOPMetricsHandler.instance }
        let found = series(name, .gauge, dimensions) { .gauge(PrometheusGauge()) }
        if case .gauge(let gauge) = found { return gauge }
        return NOOPMetricsHandler.instance
    }

    /// A histogram of seconds, and its name says so.
    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        let name = PrometheusText.name(label)
        return histogram(name.hasSuffix("_seconds") ? name : name + "_seconds", dimensions)
            ?? NOOPMetricsHandler.instance
    }

    package func destroyCounter(_ handler: any CounterHandler) { destroy(handler) }
    package func destroyMeter(_ handler: any MeterHandler) { destroy(handler) }
    package func destroyRecorder(_ handler: any RecorderHandler) { destroy(handler) }
    package func destroyTimer(_ handler: any TimerHandler) { destroy(handler) }

    // MARK: -

    private func histogram(_ name: String, _ dimensions: [(String, String)]) -> PrometheusHistogram? {
        var bounds = Self.standardBounds
        if case .histogram(let named) = definitions[name]?.kind { bounds = named }
        let found = series(name, .histogram, dimensions) { .histogram(PrometheusHistogram(bounds: bounds)) }
        if case .histogram(let histogram) = found { return histogram }
        return nil
    }

    /// The series of these labels, made if there is room; `nil` where it cannot be shown.
    private func series(
        _ name: String, _ kind: PrometheusFamily.Kind, _ dimensions: [(String, String)],
        _ make: () -> PrometheusSeries
    ) -> PrometheusSeries? {
        let labels = PrometheusText.labels(dimensions, of: kind)
        return state.withLock { state in
            if let known = state.families[name]?.use(labels, kind) { return known }
            guard state.series < limits.series, isFree(name, kind, in: state) else {
                state.refused += 1
                return nil
            }
            let made = make()
            let help = definitions[name]?.help ?? ""
            state.families[name, default: PrometheusFamily(name: name, kind: kind, help: help)].add(
                labels, made)
            state.series += 1
            return made
        }
    }

    /// Whether a metric of this name and kind can stand beside those that there are: a histogram's lines bear three
    /// names beside its own.
    private func isFree(_ name: String, _ kind: PrometheusFamily.Kind, in state: State) -> Bool {
        if name == Self.refusedName { return false }
        if let family = state.families[name] { return family.kind == kind }
        for suffix in PrometheusFamily.histogramSuffixes {
            if kind == .histogram, state.families[name + suffix] != nil { return false }
            guard name.hasSuffix(suffix) else { continue }
            if state.families[String(name.dropLast(suffix.count))]?.kind == .histogram { return false }
        }
        return true
    }

    /// Takes a series off the page once everybody who asked for it has given it back.
    private func destroy(_ handler: AnyObject) {
        state.withLock { state in
            for name in state.families.keys {
                guard let isLast = state.families[name]?.release(handler) else { continue }
                if isLast { state.series -= 1 }
                if state.families[name]?.isEmpty == true { state.families[name] = nil }
                return
            }
        }
    }
}
