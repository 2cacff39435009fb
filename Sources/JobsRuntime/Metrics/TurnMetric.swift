/// A metric that is added to on the loop as plain numbers, and handed to its backend once a turn.
protocol TurnMetric: AnyObject {
    /// Hands on what came since the last time.
    func flush()
}

/// The metrics that this turn has touched.
///
/// A turn hands on what it has touched and looks at nothing else, so that it costs nothing to have many. Which ones are
/// bits in memory of its own: an array in a class costs a check of exclusive access at each change, six times this. On
/// the loop only.
@safe final class TouchedMetrics {
    /// Metrics that can wait for the end of the turn; further ones are handed on each time.
    static let maximumMetrics = 64 * 64

    private var metrics: [any TurnMetric] = []
    /// A bit for each metric, 64 to a word.
    private let words: UnsafeMutablePointer<UInt64>
    /// A bit for each word that is not 0.
    private var summary: UInt64 = 0
    private var isClosed = false

    init() {
        unsafe words = .allocate(capacity: Self.maximumMetrics / 64)
        unsafe words.initialize(repeating: 0, count: Self.maximumMetrics / 64)
    }

    deinit { unsafe words.deallocate() }

    /// The number by which a metric is known from now on; `nil` where there are too many.
    func number(of metric: any TurnMetric) -> Int? {
        guard !isClosed, metrics.count < Self.maximumMetrics else { return nil }
        metrics.append(metric)
        return metrics.count - 1
    }

    /// A metric has something to hand on.
    func touch(_ number: Int) {
        // A number is below `maximumMetrics`, so its word is there.
        unsafe words[number >> 6] |= 1 << UInt64(number & 63)
        summary |= 1 << UInt64(number >> 6)
    }

    /// Hands all of it on.
    func flush() {
        if isClosed { return }
        while summary != 0 {
            let word = summary.trailingZeroBitCount
            summary &= summary - 1
            var bits = unsafe words[word]
            unsafe words[word] = 0
            while bits != 0 {
                metrics[word << 6 | bits.trailingZeroBitCount].flush()
                bits &= bits - 1
            }
        }
    }

    /// Hands on the last of it; what comes later is nobody's.
    func close() {
        flush()
        isClosed = true
        metrics = []
    }
}
