import CoreMetrics
import JobsRuntime
import Testing

@testable import Prometheus

@Suite("PrometheusRegistry: a backend for swift-metrics")
struct PrometheusRegistryTests {
    private func text(_ registry: PrometheusRegistry) -> String {
        String(decoding: registry.page(), as: UTF8.self)
    }

    @Test("the same name and labels are the same series, in whatever order the labels come")
    func shared() {
        let registry = PrometheusRegistry()
        Counter(label: "c", dimensions: [("a", "1"), ("b", "2")], factory: registry).increment()
        Counter(label: "c", dimensions: [("b", "2"), ("a", "1")], factory: registry).increment()
        #expect(text(registry).contains("c{a=\"1\",b=\"2\"} 2\n"))
    }

    @Test("past the limit of series further ones are kept by nobody, and counted")
    func limit() {
        var limits = PrometheusRegistry.Limits()
        limits.series = 2
        let registry = PrometheusRegistry(limits: limits)
        for number in 0..<5 {
            Counter(label: "c", dimensions: [("n", "\(number)")], factory: registry).increment()
        }
        #expect(text(registry).contains("c{n=\"1\"} 1\n"))
        #expect(!text(registry).contains("c{n=\"2\"}"))
        #expect(text(registry).hasSuffix("mainspring_metrics_refused_total 3\n"))
    }

    @Test("a name that belongs to another kind is refused, as the page would be wrong")
    func kinds() {
        let registry = PrometheusRegistry()
        Counter(label: "taken", factory: registry).increment()
        Meter(label: "taken", factory: registry).set(7)
        Recorder(label: "spread", factory: registry).record(1)
        Counter(label: "spread_count", factory: registry).increment(by: 9)
        Counter(label: "later_sum", factory: registry).increment(by: 8)
        Recorder(label: "later", factory: registry).record(1)
        let page = text(registry)
        #expect(page.contains("taken 1\n"))
        #expect(page.contains("spread_count 1\n"))
        #expect(page.contains("later_sum 8\n"))
        #expect(!page.contains("later_count"))
        #expect(page.hasSuffix("mainspring_metrics_refused_total 3\n"))
    }

    @Test("a counter never falls")
    func growth() {
        let registry = PrometheusRegistry()
        let counter = Counter(label: "c", factory: registry)
        counter.increment(by: 5)
        counter.increment(by: -3)
        #expect(text(registry).contains("c 5\n"))
    }

    @Test("gauges are set, raised and lowered")
    func gauges() {
        let registry = PrometheusRegistry()
        let meter = Meter(label: "g", factory: registry)
        meter.set(10)
        meter.increment(by: 2.5)
        meter.decrement(by: 1.0)
        Gauge(label: "old", factory: registry).record(3)
        #expect(text(registry).contains("g 11.5\n"))
        #expect(text(registry).contains("# TYPE old gauge\nold 3\n"))
    }

    @Test("a timer is a histogram of seconds, by its name too")
    func timers() {
        let registry = PrometheusRegistry()
        CoreMetrics.Timer(label: "work", factory: registry).recordNanoseconds(Int64(30_000_000))
        #expect(text(registry).contains("work_seconds_bucket{le=\"0.05\"} 1\n"))
        #expect(text(registry).contains("work_seconds_sum 0.03\n"))
    }

    @Test("what many threads record while the page is read is all there in the end")
    func threads() async {
        let registry = PrometheusRegistry()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    let counter = Counter(label: "c", factory: registry)
                    let recorder = Recorder(label: "h", factory: registry)
                    for _ in 0..<2000 {
                        counter.increment()
                        recorder.record(number)
                    }
                    _ = registry.page()
                }
            }
        }
        #expect(text(registry).contains("c 16000\n"))
        #expect(text(registry).contains("h_count 16000\n"))
        #expect(text(registry).contains("h_sum 56000\n"))
    }

    @Test("a series leaves the page when the last who asked for it has given it back")
    func destroyed() {
        let registry = PrometheusRegistry()
        let (first, second) = (Counter(label: "c", factory: registry), Counter(label: "c", factory: registry))
        first.increment()
        first.destroy()
        second.increment()
        #expect(text(registry).contains("c 2\n"))
        second.destroy()
        #expect(!text(registry).contains("TYPE c "))
    }

    @Test(
        "every metric of the catalogue has a name, labels and a help text that Prometheus takes, and bounds that rise"
    )
    func catalogue() {
        var names: Set<String> = []
        for metric in MetricCatalogue.all {
            #expect(names.insert(metric.name).inserted, "\(metric.name) is there twice")
            #expect(PrometheusText.name(metric.name) == metric.name)
            #expect(metric.help.hasSuffix("."))
            guard case .histogram(let bounds) = metric.kind else { continue }
            #expect(bounds == bounds.sorted() && Set(bounds).count == bounds.count)
        }
    }
}
