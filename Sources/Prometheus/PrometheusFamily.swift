/// All series of one name: they share kind and help, and differ in their labels.
struct PrometheusFamily: Sendable {
    /// What Prometheus calls a metric's type.
    enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    /// What the lines of a histogram add to its name.
    static let histogramSuffixes = ["_bucket", "_sum", "_count"]

    let kind: Kind
    private let name: String
    private let help: String
    /// By their labels as they are written.
    private var series: [String: (series: PrometheusSeries, users: Int)] = [:]

    init(name: String, kind: Kind, help: String) {
        self.name = name
        self.kind = kind
        self.help = help
    }

    var isEmpty: Bool { series.isEmpty }

    /// The series of these labels for one more user; `nil` where there is none of the kind.
    mutating func use(_ labels: String, _ kind: Kind) -> PrometheusSeries? {
        guard kind == self.kind, let known = series[labels] else { return nil }
        series[labels]?.users += 1
        return known.series
    }

    mutating func add(_ labels: String, _ made: PrometheusSeries) { series[labels] = (made, 1) }

    /// Gives a series back; answers whether that was its last user, `nil` if it is none of this family.
    mutating func release(_ handler: AnyObject) -> Bool? {
        guard let (labels, entry) = series.first(where: { $0.value.series.handler === handler }) else {
            return nil
        }
        let isLast = entry.users == 1
        series[labels] = isLast ? nil : (entry.series, entry.users - 1)
        return isLast
    }

    func write(to text: inout PrometheusText) {
        text.head(name, kind.rawValue, help)
        for (labels, entry) in series.sorted(by: { $0.key < $1.key }) {
            entry.series.write(name, labels, to: &text)
        }
    }
}
