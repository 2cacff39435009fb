/// The values of one app, or of all, by key.
struct TemplateValues {
    enum Value {
        case text(String)
        case list([String])
        case map([String: String])

        /// What Dapr takes for not given at all.
        var isZero: Bool {
            switch self {
            case .text(let text): text.isEmpty
            case .list(let list): list.isEmpty
            case .map(let map): map.isEmpty
            }
        }
    }

    private var values: [String: (value: Value, line: Int)] = [:]

    mutating func keep(_ key: String, _ value: Value, line: Int) { values[key] = (value, line) }

    /// These values, with the common ones where there is none, or the zero value: so an app cannot switch a common `true`
    /// off. Variables of the environment are merged one by one.
    func filled(from common: TemplateValues) -> TemplateValues {
        var filled = self
        for (key, entry) in common.values {
            guard let own = values[key], !own.value.isZero else {
                filled.values[key] = entry
                continue
            }
            if case .map(let ours) = own.value, case .map(let theirs) = entry.value {
                filled.values[key] = (.map(theirs.merging(ours) { $1 }), own.line)
            }
        }
        return filled
    }

    func line(of key: String) -> Int? { values[key]?.line }

    func text(_ key: String) -> String {
        if case .text(let text) = values[key]?.value { text } else { "" }
    }

    func list(_ key: String) -> [String] {
        if case .list(let list) = values[key]?.value { list } else { [] }
    }

    func map(_ key: String) -> [String: String] {
        if case .map(let map) = values[key]?.value { map } else { [:] }
    }
}
