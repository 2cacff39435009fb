import CoreMetrics
import JobsRuntime
import Testing

@testable import Prometheus

@Suite("The page for Prometheus: the text format 0.0.4, to the letter")
struct PrometheusTextTests {
    private func page(_ registry: PrometheusRegistry) -> [String] {
        let text = String(decoding: registry.page(), as: UTF8.self)
        #expect(text.hasSuffix("\n"), "the last line ends with a line end too")
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
            .filter { !$0.contains("mainspring_metrics_refused_total") }
    }

    @Test("a counter has its help, its type and a line for each set of labels")
    func counter() {
        let registry = PrometheusRegistry(MetricCatalogue.all)
        let name = "dapr_scheduler_jobs_created_total"
        Counter(label: name, dimensions: [("type", "job")], factory: registry).increment(by: 3)
        Counter(label: name, dimensions: [("type", "actor")], factory: registry).increment()
        #expect(
            page(registry) == [
                "# HELP \(name) Jobs that were scheduled.",
                "# TYPE \(name) counter",
                "\(name){type=\"actor\"} 1",
                "\(name){type=\"job\"} 3",
            ])
    }

    @Test("the buckets of a histogram add up, to +Inf, which is its count")
    func histogram() {
        let registry = PrometheusRegistry(MetricCatalogue.all)
        let name = "dapr_scheduler_trigger_latency"
        let recorder = Recorder(label: name, dimensions: [("type", "job")], factory: registry)
        for value in [0, 100, 100.5, 5000, 20_000] { recorder.record(value) }
        #expect(
            page(registry).dropFirst() == [
                "# TYPE \(name) histogram",
                "\(name)_bucket{type=\"job\",le=\"100\"} 2",
                "\(name)_bucket{type=\"job\",le=\"500\"} 3",
                "\(name)_bucket{type=\"job\",le=\"1000\"} 3",
                "\(name)_bucket{type=\"job\",le=\"5000\"} 4",
                "\(name)_bucket{type=\"job\",le=\"10000\"} 4",
                "\(name)_bucket{type=\"job\",le=\"+Inf\"} 5",
                "\(name)_sum{type=\"job\"} 25200.5",
                "\(name)_count{type=\"job\"} 5",
            ])
    }

    @Test("a metric without labels has no braces, one that nobody described no help")
    func bare() {
        let registry = PrometheusRegistry()
        Meter(label: "depth", factory: registry).set(1.5)
        #expect(page(registry) == ["# TYPE depth gauge", "depth 1.5"])
    }

    @Test("a histogram without labels has le alone in its braces")
    func bareHistogram() {
        let registry = PrometheusRegistry()
        Recorder(label: "mainspring_x", factory: registry).record(0.5)
        #expect(page(registry).contains("mainspring_x_bucket{le=\"0.5\"} 1"))
        #expect(page(registry).contains("mainspring_x_count 1"))
    }

    @Test("label values are escaped: backslash, quote and line end; all else stands as it is")
    func labelValues() {
        let registry = PrometheusRegistry()
        Counter(label: "c", dimensions: [("path", "a\\b\"c\nd{é},=")], factory: registry).increment()
        #expect(page(registry).last == #"c{path="a\\b\"c\nd{é},="} 1"#)
    }

    @Test("help texts are escaped, quotes in them are not")
    func help() {
        var text = PrometheusText()
        text.head("a", "gauge", "back\\slash, \"quote\"\nand line")
        #expect(
            String(decoding: text.bytes, as: UTF8.self)
                == #"# HELP a back\\slash, "quote"\nand line"# + "\n# TYPE a gauge\n")
    }

    @Test(
        "names keep to the letters that Prometheus takes",
        arguments: [
            ("http.server.requests", "http_server_requests"), ("9lives", "_9lives"), ("a:b", "a:b"),
            ("", "_"),
            ("größe", "gr____e"),
        ])
    func names(label: String, name: String) { #expect(PrometheusText.name(label) == name) }

    @Test("labels come in the order of their names, each once, and le is left to histograms")
    func labels() {
        let given = [("b", "1"), ("a:x", "2"), ("b", "3"), ("le", "4")]
        #expect(PrometheusText.labels(given, of: .counter) == #"a_x="2",b="1",le="4""#)
        #expect(PrometheusText.labels(given, of: .histogram) == #"a_x="2",b="1",exported_le="4""#)
    }

    @Test(
        "numbers are written as Go reads them",
        arguments: [
            (0, "0"), (-3, "-3"), (0.25, "0.25"), (1e16, "1e+16"), (.infinity, "+Inf"), (-.infinity, "-Inf"),
            (.nan, "NaN"), (100_000, "100000"), (1e-7, "1e-07"),
        ] as [(Double, String)])
    func numbers(value: Double, text: String) { #expect(PrometheusText.number(value) == text) }
}
