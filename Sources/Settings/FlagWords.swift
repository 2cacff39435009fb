/// Which settings the words of a command line give, and which values.
///
/// This is not the parser: what it makes of a word that is no flag of a host is of no account, since the parser refuses it.
package struct FlagWords: Sendable {
    /// Values by the setting's name, in the order of the line.
    package private(set) var values: [String: [String]] = [:]

    /// Reads words up to `--`, behind which another program's flags stand.
    package init(_ words: [String]) {
        let spellings = Self.spellings
        var rest = words.prefix { $0 != "--" }
        while let word = rest.popFirst() {
            let flag = word.prefix { $0 != "=" }
            guard let setting = spellings[String(flag)] else { continue }
            if flag.endIndex < word.endIndex {
                values[setting.name, default: []].append(String(word[flag.endIndex...].dropFirst()))
            } else if setting.shape == .truth, rest.first?.hasPrefix("-") ?? true {
                values[setting.name, default: []].append("true")
            } else {
                values[setting.name, default: []].append(rest.popFirst() ?? "")
            }
        }
    }

    private static var spellings: [String: Setting] {
        var spellings: [String: Setting] = [:]
        for setting in Setting.all {
            for spelling in ["--" + setting.name] + setting.spellings { spellings[spelling] = setting }
        }
        return spellings
    }
}
