package import CoreMetrics

/// A recorder that takes many values for the price of one lock.
///
/// Our own exporter's do; any other backend gets value after value.
package protocol BatchRecorderHandler: RecorderHandler {
    /// Records all of them; they are valid during the call.
    func record(contentsOf values: UnsafeBufferPointer<Double>)
}

/// A histogram that costs a store on the loop; its backend gets the values of a turn together.
@safe package final class TurnHistogram: TurnMetric {
    /// Values that wait at most; then they are handed on before the turn is over.
    private static let capacity = 64

    private let handler: any RecorderHandler
    private let batch: (any BatchRecorderHandler)?
    private let touched: TouchedMetrics
    private var number: Int?
    private let waiting: UnsafeMutablePointer<Double>
    private var count = 0

    init(_ handler: any RecorderHandler, _ touched: TouchedMetrics) {
        self.handler = handler
        self.touched = touched
        batch = handler as? any BatchRecorderHandler
        unsafe waiting = .allocate(capacity: Self.capacity)
        number = touched.number(of: self)
    }

    deinit { unsafe waiting.deallocate() }

    /// Sorts a value in.
    package func record(_ value: Double) {
        unsafe (waiting + count).initialize(to: value)
        count += 1
        if count == 1, let number {
            touched.touch(number)
        } else if count == Self.capacity || number == nil {
            flush()
        }
    }

    func flush() {
        let values = unsafe UnsafeBufferPointer(start: waiting, count: count)
        count = 0
        if let batch { return unsafe batch.record(contentsOf: values) }
        for index in 0..<values.count { unsafe handler.record(values[index]) }
    }

    func destroy(_ factory: any MetricsFactory) { factory.destroyRecorder(handler) }
}
