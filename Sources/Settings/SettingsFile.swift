internal import YAML

/// A YAML file of settings: the flags' names as keys, lists where a flag may be repeated.
struct SettingsFile {
    /// Values of a setting, and the line of its key.
    struct Entry {
        var values: [String]
        var line: Int
    }

    let path: String
    /// By the setting's name.
    private(set) var entries: [String: Entry] = [:]

    /// Reads a file; `named` says who named it, for the error when it cannot be.
    init(path: String, named: String) throws(SettingsError) {
        self.path = path
        let contents: FileText.Contents
        do { contents = try FileText.read(path, upTo: YAMLDocument.maximumBytes) } catch {
            throw SettingsError("the file of settings \(path) (\(named)) \(error): name another, or mend it")
        }
        let root: YAMLNode?
        do { root = try YAMLDocument.read(contents.bytes) } catch {
            throw SettingsError("\(path):\(error.line): \(error.reason)")
        }
        guard let root, root.kind != "nothing" else { return }
        guard case .mapping(let pairs) = root.content else {
            throw refusal(root.line, "found \(root.kind), wanted keys and values, such as http-port: 3500")
        }
        if pairs.contains(where: { $0.key == "apiVersion" && $0.value.text?.hasPrefix("dapr.io/") ?? false })
        {
            throw SettingsError(
                "\(path) is one of Dapr's own resources, and no file of settings: --config wants one with keys such as http-port"
            )
        }
        for pair in pairs { try add(pair) }
    }

    private mutating func add(_ pair: YAMLNode.Entry) throws(SettingsError) {
        guard let setting = Setting.named(pair.key), setting != .file else { throw unknown(pair) }
        var values: [String] = []
        switch pair.value.content {
        case .scalar: values = [try value(pair.value, of: pair.key)]
        case .sequence(let items):
            guard setting.shape == .list else {
                throw refusal(pair.line, "\(pair.key) takes one value, and found a list")
            }
            for item in items { values.append(try value(item, of: pair.key)) }
        case .mapping: _ = try value(pair.value, of: pair.key)
        }
        entries[pair.key] = Entry(values: values, line: pair.line)
    }

    private func value(_ node: YAMLNode, of key: String) throws(SettingsError) -> String {
        if let text = node.text { return text }
        throw refusal(node.line, "\(key) wants a value, and found \(node.kind)")
    }

    private func unknown(_ pair: YAMLNode.Entry) -> SettingsError {
        if pair.key == Setting.file.name {
            return refusal(pair.line, "config cannot stand in a file: only one is read")
        }
        let names = Setting.all.filter { $0 != .file }.map(\.name)
        // Another spelling of a flag is no key, but what is meant is plain.
        let alias = Setting.all.first { $0.spellings.contains("--" + pair.key) }?.name
        let near = alias ?? Nearest.name(to: pair.key, among: names)
        let advice = near.map { "did you mean \($0)?" } ?? Setting.whereNamesStand
        return SettingsError("unknown key \(pair.key) in \(path) line \(pair.line): \(advice)")
    }

    private func refusal(_ line: Int, _ what: String) -> SettingsError {
        SettingsError("\(path):\(line): \(what)")
    }
}
