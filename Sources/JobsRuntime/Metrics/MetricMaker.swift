internal import CoreMetrics

/// Makes the metrics of one runtime, and gives them back to their backend when it stops.
///
/// On the loop only.
final class MetricMaker {
    private let factory: any MetricsFactory
    /// What this turn has touched.
    let touched = TouchedMetrics()
    private var destroyers: [(any MetricsFactory) -> Void] = []

    init(_ factory: any MetricsFactory) { self.factory = factory }

    /// A counter with these values for its labels.
    func counter(_ definition: MetricDefinition, _ values: String...) -> TurnCounter {
        let handler = factory.makeCounter(label: definition.name, dimensions: definition.dimensions(values))
        let counter = TurnCounter(handler, touched)
        destroyers.append { counter.destroy($0) }
        return counter
    }

    /// A histogram with these values for its labels.
    func histogram(_ definition: MetricDefinition, _ values: String...) -> TurnHistogram {
        let handler = factory.makeRecorder(
            label: definition.name, dimensions: definition.dimensions(values), aggregate: true)
        let histogram = TurnHistogram(handler, touched)
        destroyers.append { histogram.destroy($0) }
        return histogram
    }

    /// A gauge with these values for its labels, to be set.
    func gauge(_ definition: MetricDefinition, _ values: String...) -> any MeterHandler {
        let meter = factory.makeMeter(label: definition.name, dimensions: definition.dimensions(values))
        destroyers.append { $0.destroyMeter(meter) }
        return meter
    }

    /// Gives all of them back.
    func destroyAll() {
        touched.close()
        for destroy in destroyers { destroy(factory) }
        destroyers = []
    }
}

extension MetricDefinition {
    fileprivate func dimensions(_ values: [String]) -> [(String, String)] {
        precondition(values.count == labels.count, "\(name) has the labels \(labels)")
        return Array(zip(labels, values))
    }
}
