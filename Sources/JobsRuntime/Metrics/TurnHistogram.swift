package import CoreMetrics

/// A recorder that takes many values for the price of one lock.
///
/// Our own exporter's do; any other backend gets value after value.
package protocol BatchRecorderHandler: RecorderHandler {
    /// Records all of them.
    func record(contentsOf values: [Double])
}

/// A histogram that costs a store on the loop; its backend gets the values of a turn together.
package final class TurnHistogram: TurnMetric {
    /// Values that may wait before the turn is over.
    private static let maximumWaiting = 4096

    private let handler: any RecorderHandler
    private let batch: (any BatchRecorderHandler)?
    private let touched: TouchedMetrics
    private var waiting: [Double] = []

    init(_ handler: any RecorderHandler, _ touched: TouchedMetrics) {
        self.handler = handler
        self.touched = touched
        batch = handler as? any BatchRecorderHandler
    }

    /// Sorts a value in.
    package func record(_ value: Double) {
        if waiting.isEmpty { touched.add(self) }
        waiting.append(value)
        if waiting.count > Self.maximumWaiting { hand() }
    }

    func flush() { hand() }

    private func hand() {
        if let batch {
            batch.record(contentsOf: waiting)
        } else {
            for value in waiting { handler.record(value) }
        }
        waiting.removeAll(keepingCapacity: true)
    }

    func destroy(_ factory: any MetricsFactory) { factory.destroyRecorder(handler) }
}
