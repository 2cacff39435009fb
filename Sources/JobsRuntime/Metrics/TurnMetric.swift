/// A metric that is added to on the loop as plain numbers, and handed to its backend once a turn.
protocol TurnMetric: AnyObject {
    /// Hands on what came since the last time.
    func flush()
}

/// The metrics that this turn has touched.
///
/// A turn hands on what it has touched and looks at nothing else, so that it costs nothing to have many. On the loop only.
final class TouchedMetrics {
    private var touched: [any TurnMetric] = []

    func add(_ metric: any TurnMetric) { touched.append(metric) }

    /// Hands all of it on.
    func flush() {
        if touched.isEmpty { return }
        for metric in touched { metric.flush() }
        touched.removeAll(keepingCapacity: true)
    }
}
