/// What a metric is: its name, its kind, and a sentence for whoever reads it.
///
/// A backend that wants help texts or bounds of buckets takes them from `MetricCatalogue.all`.
package struct MetricDefinition: Sendable {
    /// What is done with a metric.
    package enum Kind: Sendable {
        /// It only grows.
        case counter
        /// It is set.
        case gauge
        /// Values are sorted into buckets of these upper bounds.
        case histogram([Double])
    }

    /// The name, as Prometheus spells names.
    package let name: String
    /// What is done with it.
    package let kind: Kind
    /// One sentence: what it counts.
    package let help: String
    /// The names of its labels, in the order in which they are given.
    package let labels: [String]

    init(_ name: String, _ kind: Kind, labels: [String] = [], _ help: String) {
        self.name = name
        self.kind = kind
        self.labels = labels
        self.help = help
    }
}
