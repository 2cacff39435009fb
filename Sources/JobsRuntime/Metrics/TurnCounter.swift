internal import CoreMetrics

/// A counter that costs an addition on the loop; its backend is told once a turn.
package final class TurnCounter: TurnMetric {
    private let handler: any CounterHandler
    private let touched: TouchedMetrics
    private var number: Int?
    private var waiting: Int64 = 0
    private var published: UInt64 = 0

    init(_ handler: any CounterHandler, _ touched: TouchedMetrics) {
        self.handler = handler
        self.touched = touched
        number = touched.number(of: self)
    }

    /// Counts one more.
    package func add() {
        waiting += 1
        guard waiting == 1 else { return }
        if let number { touched.touch(number) } else { flush() }
    }

    /// Tells the backend at once of a total that is kept elsewhere: what it has grown by since the last time.
    func publish(total: UInt64) {
        guard total > published else { return }
        handler.increment(by: Int64(clamping: total - published))
        published = total
    }

    func flush() {
        handler.increment(by: waiting)
        waiting = 0
    }

    func destroy(_ factory: any MetricsFactory) { factory.destroyCounter(handler) }
}
