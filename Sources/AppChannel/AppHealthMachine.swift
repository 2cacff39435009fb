/// Whether an app counts as healthy, by the answers that it gave (contract, section 5.6).
///
/// ```
///   unhealthy ──── one success ────▶ healthy
///       ▲                               │
///       '── `threshold` failures in a row
/// ```
/// A pure value: it starts unhealthy, and does so again whenever the app is a new one.
package struct AppHealthMachine {
    private let threshold: Int
    private var failuresInARow = 0
    /// Whether the app counts as healthy.
    package private(set) var isHealthy = false

    package init(threshold: Int) { self.threshold = threshold }

    /// The app answered, and well; whether that changes what it counts as.
    package mutating func succeeded() -> Bool {
        failuresInARow = 0
        defer { isHealthy = true }
        return !isHealthy
    }

    /// The app answered otherwise, or not in time; whether that changes what it counts as.
    package mutating func failed() -> Bool {
        guard isHealthy else { return false }
        failuresInARow += 1
        guard failuresInARow >= threshold else { return false }
        isHealthy = false
        return true
    }

    /// What answers from now on may be another app.
    package mutating func reset() {
        failuresInARow = 0
        isHealthy = false
    }
}
